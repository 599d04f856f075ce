#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| formats_fuzz::ubl::check(bytes));
