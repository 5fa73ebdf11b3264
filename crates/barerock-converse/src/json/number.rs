//! Integers as JSON writes them.

/// The integer that the text of a JSON number is, `1e3` and `2309.0` among them: "integral floats" are integers to every
/// AWS SDK. An error says whether the number is none or does not fit.
pub(super) fn integer(text: &str) -> Result<u64, NoInteger> {
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().all(|digit| digit == b'0') {
        return Ok(0);
    }
    // More digits than an i32 has are an exponent that no number of 20 digits has.
    let exponent =
        exponent.parse::<i32>().unwrap_or(if exponent.starts_with('-') { i32::MIN } else { i32::MAX });
    let shift = i64::from(exponent) - i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let trailing = digits().rev().take_while(|digit| *digit == b'0').count();
    let drop = usize::try_from(shift.min(0).unsigned_abs()).unwrap_or(usize::MAX);
    if drop > trailing {
        return Err(NoInteger::Fraction);
    }
    if negative {
        return Err(NoInteger::OutOfRange);
    }
    let count = whole.len() + fraction.len();
    let zeros = usize::try_from(shift.max(0)).unwrap_or(usize::MAX);
    digits()
        .take(count - drop)
        .map(|digit| u64::from(digit - b'0'))
        // 20 zeros and a digit do not fit.
        .chain(core::iter::repeat_n(0, zeros.min(21)))
        .try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(digit))
        .ok_or(NoInteger::OutOfRange)
}

/// Why a number is no unsigned integer of 64 bits.
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
