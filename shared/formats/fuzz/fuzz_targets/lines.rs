#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| formats_fuzz::lines::check(bytes));
