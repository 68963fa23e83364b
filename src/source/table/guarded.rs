//! Decoders of others that may panic on damaged files.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// What a decoder returns; `None` where it panics, about which nothing is printed.
///
/// No input may make simbet panic, and decoders of binary formats do: they index into, and reserve memory by, numbers that a
/// damaged file claims. Nothing of the decoder outlives the panic, so that no broken state is seen.
pub(super) fn guarded<T>(decode: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !DECODING.get() {
                hook(panic);
            }
        }));
    });
    let before = DECODING.replace(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(before);
    decoded.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_decoder_is_none() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| [1, 2][std::hint::black_box(2)]), None);
    }
}
