//! A story in the making: steps, and what they were answered.

use serde_json::{Value, json};
use tokfut_client::Failure;
use tokfut_core::time::Time;
use tokfut_scenario::replay::{Done, answer};
use tokfut_scenario::{Names, WorldSpec};

/// Steps and answers, line by line.
pub struct Story {
    names: Names,
    height: u64,
    steps: Vec<String>,
    answers: Vec<String>,
}

impl Story {
    /// Of this world, whose people have these names.
    ///
    /// # Errors
    /// `invalid_world`.
    pub fn new(names: Names, spec: &WorldSpec) -> Result<Self, Failure> {
        let mut story = Self { names, height: 0, steps: Vec::new(), answers: Vec::new() };
        // Its addresses are to be read as they are.
        story.line(json!({"world": spec.patch()?}).to_string(), &Ok(Done::data(Value::Null)));
        Ok(story)
    }

    /// Who is called what.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// A step, with names for addresses, and its answer.
    pub fn tell(&mut self, step: &Value, result: &Result<Done, Failure>) {
        self.line(self.names.to_names(step).to_string(), result);
    }

    /// A block begins, unless it is the one that has begun.
    pub fn at(&mut self, time: Time, height: u64) {
        if height == self.height {
            return;
        }
        self.height = height;
        self.tell(&json!({"at": {"time": time.to_string(), "height": height}}), &Ok(Done::data(Value::Null)));
    }

    /// A word to the reader.
    pub fn remark(&mut self, words: &str) {
        self.line(format!("# {words}"), &Ok(Done::data(Value::Null)));
    }

    /// The steps as a file.
    pub fn steps(&self) -> String {
        self.steps.join("\n") + "\n"
    }

    /// The answers as a file.
    pub fn answers(&self) -> String {
        self.answers.join("\n") + "\n"
    }

    fn line(&mut self, step: String, result: &Result<Done, Failure>) {
        self.steps.push(step);
        let number = u64::try_from(self.steps.len()).unwrap_or(u64::MAX);
        self.answers.push(answer(number, result, Some(&self.names)).to_string());
    }
}
