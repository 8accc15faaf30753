//! What happens on which day of the year.

use super::*;

impl Year {
    /// What happens on the `day`th day.
    pub fn day(&mut self, day: u64) {
        let round = FIRST + day;
        let mut values = self.honest();
        if (50..75).contains(&day) {
            // Jailed on the 50th day, replaced on the 75th.
            values[3] = None;
        }
        match day {
            // One is silent.
            20..=25 => {
                values[6] = None;
                self.ordinary(round, &values);
            }
            30 => self.one_is_late(round, values),
            31 => self.the_quorum_is_late(round, &values),
            // One is off by 11 %.
            40 => {
                values[4] = values[4].map(|value| value * 111 / 100);
                self.ordinary(round, &values);
            }
            50 => self.one_equivocates(round, &values),
            60 => {
                self.ordinary(round, &values);
                self.members[3] = 7;
                let (from, publishers) = (self.time(FIRST + 75), self.publishers());
                self.announce(Change::Panel { feed: FEED, from, publishers });
                self.members[3] = 3;
            }
            75 => {
                self.members[3] = 7;
                self.ordinary(round, &values);
            }
            90 => {
                self.ordinary(round, &values);
                let (from, hash) = (self.time(FIRST + 110), HexBinary::from([2; 32]));
                self.announce(Change::Methodology { feed: FEED, from, hash, uri: "urn:tokfut:tok:2".to_string() });
            }
            110 => {
                let old = self.submission(round, 0, &values);
                self.at(round, 0);
                assert_eq!(self.send("relayer", &old, 0).unwrap_err().code, "bad_signature");
                self.methodology = [2; 32];
                self.ordinary(round, &values);
            }
            120 => self.a_day_is_missed(round, &values),
            130 => self.a_day_is_held(round, &values),
            140 => self.a_day_is_restated(round, &values),
            150 => self.a_dispute_is_upheld(round, &values),
            160 => self.a_dispute_is_dismissed(round, &values),
            170 => self.a_dispute_lapses(round, &values),
            // Nobody is there for three days.
            180..=182 => {}
            _ => self.ordinary(round, &values),
        }
    }

    fn one_is_late(&mut self, round: u64, mut values: Values) {
        let late = values[5].take().unwrap();
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values);
        self.send("relayer", &msg, 0).unwrap();
        self.at(round, 2 * HOUR);
        let observations = vec![self.observation(round, 0, 5, late)];
        let msg = ExecuteMsg::Submit { feed: FEED, round, revision: 0, observations };
        assert_eq!(self.send("relayer", &msg, 0).unwrap_err().code, "round_closed");
        self.expect(round, &values);
        self.finalise(round, FINAL_AFTER);
    }

    fn the_quorum_is_late(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values[..4]);
        self.send("relayer", &msg, 0).unwrap();
        self.at(round, 3 * HOUR - 1);
        let observations = vec![self.observation(round, 0, 4, values[4].unwrap())];
        self.send("relayer", &ExecuteMsg::Submit { feed: FEED, round, revision: 0, observations }, 0).unwrap();
        self.expect(round, &values[..5]);
        self.finalise(round, FINAL_AFTER);
    }

    fn one_equivocates(&mut self, round: u64, values: &[Option<u128>]) {
        let [first, second] = [16_000, 17_000].map(|value| self.observation(round, 0, 3, value));
        self.at(round, 0);
        let report = ExecuteMsg::ReportEquivocation { feed: FEED, round, revision: 0, first: first.clone(), second };
        self.send("anyone", &report, 0).unwrap();
        let refused = ExecuteMsg::Submit { feed: FEED, round, revision: 0, observations: vec![first] };
        assert_eq!(self.send("relayer", &refused, 0).unwrap_err().code, "jailed");
        self.ordinary(round, values);
    }

    fn a_day_is_missed(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values[..4]);
        self.send("relayer", &msg, 0).unwrap();
        self.finalise(round, FINAL_AFTER);
        assert_eq!(self.state(round), "void");
    }

    fn a_day_is_held(&mut self, round: u64, values: &[Option<u128>]) {
        let mut values = values.to_vec();
        values[..4].iter_mut().for_each(|value| *value = value.map(|value| value * 6 / 5));
        self.at(round, HOUR);
        let msg = self.submission(round, 0, &values);
        self.send("relayer", &msg, 0).unwrap();
        assert_eq!(self.state(round), "held");
        self.finalise(round, FINAL_AFTER);
        assert_eq!(self.state(round), "void");
    }

    fn a_day_is_restated(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let wrong: Values = values.iter().map(|value| value.map(|value| value * 102 / 100)).collect();
        let msg = self.submission(round, 0, &wrong);
        self.send("relayer", &msg, 0).unwrap();
        let msg = self.submission(round, 1, &values[..5]);
        self.send("relayer", &msg, 0).unwrap();
        self.expect(round, &values[..5]);
        self.finalise(round, FINAL_AFTER);
    }

    fn disputed(&mut self, round: u64, values: &[Option<u128>]) {
        self.at(round, HOUR);
        let msg = self.submission(round, 0, values);
        self.send("relayer", &msg, 0).unwrap();
        self.dispute(round);
        self.at(round, FINAL_AFTER);
        let finalise = ExecuteMsg::Finalise { feed: FEED, limit: None };
        assert_eq!(self.send("anyone", &finalise, 0).unwrap_err().code, "nothing_to_finalise");
    }

    fn a_dispute_is_upheld(&mut self, round: u64, values: &[Option<u128>]) {
        self.disputed(round, values);
        self.send("arbiter", &ExecuteMsg::Rule { feed: FEED, round, ruling: Ruling::Void }, 0).unwrap();
        self.finalise(round, FINAL_AFTER + MINUTE);
        assert_eq!(self.state(round), "void");
    }

    fn a_dispute_is_dismissed(&mut self, round: u64, values: &[Option<u128>]) {
        self.disputed(round, values);
        self.send("arbiter", &ExecuteMsg::Rule { feed: FEED, round, ruling: Ruling::Dismiss }, 0).unwrap();
        self.expect(round, values);
        self.finalise(round, FINAL_AFTER + MINUTE);
    }

    fn a_dispute_lapses(&mut self, round: u64, values: &[Option<u128>]) {
        self.disputed(round, values);
        self.expect(round, values);
        self.finalise(round, FINAL_AFTER + 6 * HOUR);
    }
}
