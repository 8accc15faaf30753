//! The averages of any window, counted again from the fixings as they must be.

use super::*;

impl Year {
    /// A random time from a few days before the first round to a few days after the last.
    pub fn moment(&mut self) -> Time {
        let from = self.time(FIRST - 3).seconds();
        Time::new(from + self.numbers.below((DAYS + 6) * DAY))
    }

    pub fn check_mean(&self, from: Time, to: Time) {
        let within: Vec<u64> =
            (FIRST - 10..FIRST + DAYS + 10).filter(|round| (from..=to).contains(&self.time(*round))).collect();
        let values: Vec<u128> = within.iter().filter_map(|round| self.expected.get(round)).copied().collect();
        let (sum, finals) = (values.iter().sum::<u128>(), count(values.len()));
        let told: WindowResponse = self.ask(&QueryMsg::Window { feed: FEED, from, to }).unwrap();
        let settled = count(within.iter().filter(|round| **round < FIRST + DAYS).count());
        assert_eq!((told.expected, told.finals, told.sum.u128()), (count(within.len()), finals, sum), "{from} {to}");
        assert_eq!((told.missing, told.complete), (settled - finals, settled == count(within.len())));
        let Some(mean) = told.mean.map(|mean| mean.u128()) else {
            assert_eq!(finals, 0);
            assert_eq!(
                self.ask::<MeanResponse>(&QueryMsg::Mean { feed: FEED, from, to }).unwrap_err().code,
                "no_fixing"
            );
            return;
        };
        // The mean is sum / finals exactly, and `mean` the integer below it.
        assert!(mean * u128::from(finals) <= sum && sum < (mean + 1) * u128::from(finals));
        let asked: MeanResponse = self.ask(&QueryMsg::Mean { feed: FEED, from, to }).unwrap();
        assert_eq!((asked.sum.u128(), asked.finals, asked.mean.u128()), (sum, finals, mean));
    }

    pub fn check_twap(&self, from: Time, to: Time) {
        // Each fixing from its own time, or `from`, to the next one's, or `to`.
        let fixed: Vec<(u64, u128)> =
            self.expected.iter().map(|(round, value)| (self.time(*round).seconds(), *value)).collect();
        let ends = fixed.iter().skip(1).map(|(time, _)| *time).chain([u64::MAX]);
        let stood = |begin: u64, end: u64| end.min(to.seconds()).saturating_sub(begin.max(from.seconds()));
        let integral: u128 =
            fixed.iter().zip(ends).map(|((begin, value), end)| value * u128::from(stood(*begin, end))).sum();
        let asked: TwapResponse = self.ask(&QueryMsg::Twap { feed: FEED, from, to }).unwrap();
        assert_eq!((asked.integral.u128(), asked.seconds), (integral, to.seconds() - from.seconds()), "{from} {to}");
        assert_eq!(asked.twap.u128(), integral / u128::from(asked.seconds));
    }
}
