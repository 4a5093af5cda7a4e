import Glibc

/// A value behind a lock, with a way to wait until it changes.
package final class Monitor<Value>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Calls `body` with the value, then wakes all waiters.
  package func change<R>(_ body: (inout Value) -> R) -> R {
    pthread_mutex_lock(mutex)
    let result = body(&value)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    return result
  }

  /// Waits until `isReady` holds, or until the monotonic clock shows `end`, in nanoseconds, then calls `body` with the
  /// value.
  package func wait<R>(until isReady: (Value) -> Bool, orAt end: UInt64? = nil, then body: (inout Value) -> R) -> R {
    pthread_mutex_lock(mutex)
    while !isReady(value) {
      guard let end else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
      if pthread_cond_timedwait(condition, mutex, &time) != 0 { break }
    }
    let result = body(&value)
    pthread_mutex_unlock(mutex)
    return result
  }
}
