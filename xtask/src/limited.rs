//! A command with a time limit.

use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::failure::Failure;

/// How long a group of processes may take to end by itself after it was asked to. nextest, for one, has
/// tests in groups of their own and ends those first.
const GRACE: Duration = Duration::from_secs(10);
/// How often the wait looks whether anything of the group is left.
const LOOK: Duration = Duration::from_millis(50);

/// How a limited command ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Exited(ExitStatus),
    OverLimit,
    Interrupted,
}

/// Runs commands one after another; an interrupt from the terminal ends the one that runs.
#[derive(Debug)]
pub(crate) struct Runner {
    sender: Sender<Event>,
    events: Receiver<Event>,
    grace: Duration,
}

#[derive(Debug)]
enum Event {
    /// The process with this id has ended.
    Exited(u32, io::Result<ExitStatus>),
    Interrupted,
}

impl Runner {
    pub(crate) fn new() -> Self {
        let (sender, events) = channel();
        Self {
            sender,
            events,
            grace: GRACE,
        }
    }

    /// Takes interrupts (SIGINT, SIGTERM, SIGHUP) from now on. A command has a process group of its own,
    /// so the terminal no longer reaches it and they must be passed on. Possible once in a process.
    pub(crate) fn take_interrupts(&self) -> Result<(), Failure> {
        let sender = self.sender.clone();
        ctrlc::set_handler(move || {
            // The other end is gone only when the run is over.
            let _ = sender.send(Event::Interrupted);
        })
        .map_err(Failure::during("listening for interrupts"))
    }

    /// Runs `command` for at most `limit`, then ends it and everything it started.
    pub(crate) fn run(&self, mut command: Command, limit: Duration) -> io::Result<Ending> {
        command.stdin(Stdio::null());
        own_group(&mut command);
        let mut child = command.spawn()?;
        // A pipe that the caller has handed over must not be held open here.
        drop(command);
        let group = child.id();
        let sender = self.sender.clone();
        thread::spawn(move || sender.send(Event::Exited(group, child.wait())));

        let deadline = Instant::now() + limit;
        let ending = loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(rest) {
                Ok(Event::Exited(id, status)) if id == group => return status.map(Ending::Exited),
                // The late news of a command that was ended before this one.
                Ok(Event::Exited(..)) => {}
                Ok(Event::Interrupted) => break Ending::Interrupted,
                Err(_) => break Ending::OverLimit,
            }
        };
        self.end(group);
        Ok(ending)
    }

    /// Asks the group to end, waits for that as long as the grace lasts, then kills what is left.
    fn end(&self, group: u32) {
        let deadline = Instant::now() + self.grace;
        signal(group, Wish::End);
        while Instant::now() < deadline && is_alive(group) {
            // Wakes up early when the command ends, which is the only news to expect now.
            let _ = self.events.recv_timeout(LOOK);
        }
        signal(group, Wish::Kill);
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wish {
    End,
    Kill,
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(unix)]
fn signal(group: u32, wish: Wish) {
    use nix::sys::signal::Signal;
    let signal = if wish == Wish::End {
        Signal::SIGTERM
    } else {
        Signal::SIGKILL
    };
    send(group, Some(signal));
}

#[cfg(unix)]
fn is_alive(group: u32) -> bool {
    send(group, None)
}

/// Tells whether there was anybody to receive the signal; `None` only asks that.
#[cfg(unix)]
fn send(group: u32, signal: Option<nix::sys::signal::Signal>) -> bool {
    i32::try_from(group)
        .is_ok_and(|id| nix::sys::signal::killpg(nix::unistd::Pid::from_raw(id), signal).is_ok())
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

/// Ends the process and those it started. Without process groups `taskkill` is what knows them.
#[cfg(not(unix))]
fn signal(group: u32, wish: Wish) {
    if wish == Wish::Kill {
        let _ = Command::new("taskkill")
            .args(["/T", "/F", "/PID", &group.to_string()])
            .status();
    }
}

#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_command_within_its_limit_keeps_its_status() {
        let ending = Runner::new()
            .run(shell("exit 3"), Duration::from_secs(60))
            .unwrap();
        assert!(
            matches!(ending, Ending::Exited(status) if status.code() == Some(3)),
            "{ending:?}"
        );
    }

    #[test]
    fn a_command_over_its_limit_ends_with_all_it_started() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut command = shell("sleep 60 & wait");
        command.stdout(writer);
        let begin = Instant::now();
        let ending = Runner::new()
            .run(command, Duration::from_millis(200))
            .unwrap();
        assert!(matches!(ending, Ending::OverLimit), "{ending:?}");
        // The pipe ends when the last process that could write to it has ended.
        reader.read_to_end(&mut Vec::new()).unwrap();
        assert!(
            begin.elapsed() < Duration::from_secs(50),
            "the grandchild outlived the limit"
        );
    }

    #[test]
    fn an_interrupt_ends_the_command() {
        let runner = Runner::new();
        runner.sender.send(Event::Interrupted).unwrap();
        let ending = runner
            .run(shell("sleep 600"), Duration::from_secs(600))
            .unwrap();
        assert!(matches!(ending, Ending::Interrupted), "{ending:?}");
    }

    #[test]
    fn a_command_over_its_limit_may_put_its_things_in_order() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut command = shell("trap 'echo bye; exit' TERM; sleep 60 & wait");
        command.stdout(writer);
        Runner::new().run(command, Duration::from_secs(1)).unwrap();
        let mut said = String::new();
        reader.read_to_string(&mut said).unwrap();
        assert_eq!(said, "bye\n");
    }

    #[test]
    fn a_command_that_does_not_listen_is_killed_and_does_not_answer_for_the_next_one() {
        let grace = Duration::from_millis(100);
        let runner = Runner {
            grace,
            ..Runner::new()
        };
        let (mut reader, writer) = io::pipe().unwrap();
        let mut command = shell("trap '' TERM; echo ready; while true; do sleep 60; done");
        command.stdout(writer);
        let begin = Instant::now();
        runner.run(command, Duration::from_secs(1)).unwrap();
        reader.read_to_end(&mut Vec::new()).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(30));

        let ending = runner
            .run(shell("exit 7"), Duration::from_secs(60))
            .unwrap();
        assert!(
            matches!(ending, Ending::Exited(status) if status.code() == Some(7)),
            "{ending:?}"
        );
    }
}
