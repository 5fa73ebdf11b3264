//! Integers in JSON.

/// Parses the text of a JSON number as an integer, including `1e3` and `2309.0`, which every AWS SDK accepts as
/// integers.
pub(super) fn integer(text: &str) -> Result<u64, NoInteger> {
    let (mut number, mut zeros, mut shift) = (Some(0_u64), 0_i64, 0_i64);
    let (mut in_fraction, mut negative) = (false, false);
    // `number` has the digits up to the last that is not 0, `zeros` is the number of digits after it.
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'-' => negative = true,
            b'.' => in_fraction = true,
            b'e' | b'E' => {
                shift += exponent(text.get(at + 1..).unwrap_or_default());
                break;
            }
            b'0' => (zeros, shift) = (zeros + 1, shift - i64::from(in_fraction)),
            digit => {
                number = times_ten(number, zeros + 1)
                    .and_then(|number| number.checked_add(u64::from(digit.wrapping_sub(b'0'))));
                (zeros, shift) = (0, shift - i64::from(in_fraction));
            }
        }
    }
    let shift = shift.saturating_add(zeros);
    match times_ten(number, shift.max(0)) {
        Some(0) => Ok(0),
        _ if shift < 0 => Err(NoInteger::Fraction),
        Some(number) if !negative => Ok(number),
        _ => Err(NoInteger::OutOfRange),
    }
}

/// Appends zeros to the number, if it fits.
fn times_ten(number: Option<u64>, zeros: i64) -> Option<u64> {
    if number == Some(0) {
        return number;
    }
    (0..zeros.min(20)).try_fold(number?, |number, _| number.checked_mul(10))
}

/// Parses the exponent; saturates at one that makes any number too large or too small.
fn exponent(text: &str) -> i64 {
    /// Larger than the length of any payload.
    const HUGE: i64 = 1 << 40;
    text.parse().unwrap_or(if text.starts_with('-') { -HUGE } else { HUGE }).clamp(-HUGE, HUGE)
}

/// Error for a number that is not a 64-bit unsigned integer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoInteger {
    Fraction,
    OutOfRange,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integral_floats_are_integers() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("-0.0e5", Ok(0)),
            ("0e99999999999", Ok(0)),
            ("2309.0", Ok(2309)),
            ("1e3", Ok(1000)),
            ("1.50E+2", Ok(150)),
            ("1500e-2", Ok(15)),
            ("0.001e3", Ok(1)),
            ("18446744073709551615", Ok(u64::MAX)),
            ("1844674407370955161.50e1", Ok(u64::MAX)),
            ("18446744073709551616", Err(NoInteger::OutOfRange)),
            ("1e20", Err(NoInteger::OutOfRange)),
            ("1e99999999999", Err(NoInteger::OutOfRange)),
            ("-1", Err(NoInteger::OutOfRange)),
            ("-1.0", Err(NoInteger::OutOfRange)),
            ("1.5", Err(NoInteger::Fraction)),
            ("1500e-3", Err(NoInteger::Fraction)),
            ("1e-99999999999", Err(NoInteger::Fraction)),
        ] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }
}
