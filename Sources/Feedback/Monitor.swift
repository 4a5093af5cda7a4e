import Glibc

/// A value behind a lock, with a way to wait until it changes.
final class Monitor<Value>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Calls `body` with the value, then wakes all waiters.
  func change<R>(_ body: (inout Value) -> R) -> R {
    pthread_mutex_lock(mutex)
    let result = body(&value)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    return result
  }

  /// Waits until `isReady` holds, then calls `body` with the value.
  func wait<R>(until isReady: (Value) -> Bool, then body: (inout Value) -> R) -> R {
    pthread_mutex_lock(mutex)
    while !isReady(value) { pthread_cond_wait(condition, mutex) }
    let result = body(&value)
    pthread_mutex_unlock(mutex)
    return result
  }
}
