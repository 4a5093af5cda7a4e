// Replaced by the suite's first real file.
