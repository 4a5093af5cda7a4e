print("apus-load")
