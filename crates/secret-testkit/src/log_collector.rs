//! [`LogCollector`]: everything a program logs, as text.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

use crate::{Canary, LogEvent, find_leak};

/// Collects every event, and every field of every span, down to `TRACE`.
///
/// Clones share what they collect. A collector sees what happens on the thread where it is
/// [installed](Self::install), and in futures that carry its [subscriber](Self::subscriber).
///
/// # Examples
///
/// ```
/// use secret_testkit::LogCollector;
///
/// let logs = LogCollector::new();
/// let installed = logs.install();
/// tracing::warn!(folder = "/shared/db", "serving a stale value");
/// drop(installed);
///
/// let events = logs.events();
/// assert_eq!(events[0].level(), tracing::Level::WARN);
/// assert_eq!(events[0].message(), "serving a stale value");
/// assert_eq!(events[0].field("folder"), Some("/shared/db"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct LogCollector {
    events: Arc<Mutex<Vec<LogEvent>>>,
}

/// Keeps a [`LogCollector`] installed on this thread until it is dropped.
#[must_use = "the collector is removed when this is dropped"]
#[derive(Debug)]
pub struct InstalledLog {
    _guard: DefaultGuard,
    // While there is one subscriber alone, `tracing` asks no other thread's about an event that a thread
    // without one meets first, and then takes the event to be of interest to nobody, on all threads.
    _second: Dispatch,
}

impl LogCollector {
    /// Makes a collector that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Collects what this thread logs, until the returned value is dropped.
    ///
    /// In `#[tokio::test]`, which has one thread, this includes spawned tasks.
    pub fn install(&self) -> InstalledLog {
        InstalledLog {
            _guard: tracing::dispatcher::set_default(&self.subscriber()),
            _second: self.subscriber(),
        }
    }

    /// Returns a subscriber that collects here, for `tracing::instrument::WithSubscriber` on futures
    /// that run on other threads.
    pub fn subscriber(&self) -> Dispatch {
        // Whether anyone wants an event is remembered when it first happens. On a thread without a collector
        // that would be nobody, now and then for the other threads too; so someone always wants everything.
        let _ = tracing::dispatcher::set_global_default(Dispatch::new(registry()));
        Dispatch::new(registry().with(Collecting {
            collector: self.clone(),
        }))
    }

    /// Returns what was collected so far. A span counts as an event when it begins or gains fields.
    pub fn events(&self) -> Vec<LogEvent> {
        self.collected().clone()
    }

    /// Returns what was collected so far, one event a line.
    pub fn text(&self) -> String {
        self.collected()
            .iter()
            .map(|event| format!("{event}\n"))
            .collect()
    }

    /// Forgets what was collected.
    pub fn clear(&self) {
        self.collected().clear();
    }

    /// Looks for canaries in each event.
    ///
    /// # Panics
    ///
    /// Panics where there is one, naming the event's level and target, and not the value.
    #[track_caller]
    pub fn assert_no_leak<'a>(&self, canaries: impl IntoIterator<Item = &'a Canary>) {
        let canaries: Vec<_> = canaries.into_iter().collect();
        for event in self.events() {
            if let Some(leak) = find_leak(&event.to_string(), canaries.iter().copied()) {
                panic!("{leak}, in an event of {} at {}", event.target, event.level);
            }
        }
    }

    fn collected(&self) -> MutexGuard<'_, Vec<LogEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, metadata: &Metadata<'_>, span: Option<&str>, record: impl FnOnce(&mut Fields)) {
        let mut fields = Fields::default();
        record(&mut fields);
        self.collected().push(LogEvent {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            span: span.map(str::to_owned),
            fields: fields.0,
        });
    }
}

struct Collecting {
    collector: LogCollector,
}

impl<S: Subscriber + for<'a> registry::LookupSpan<'a>> Layer<S> for Collecting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.collector
            .add(event.metadata(), None, |fields| event.record(fields));
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        self.collector
            .add(metadata, Some(metadata.name()), |fields| {
                attributes.record(fields)
            });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(metadata) = context.metadata(id) {
            self.collector
                .add(metadata, Some(metadata.name()), |fields| {
                    values.record(fields)
                });
        }
    }
}

#[derive(Default)]
struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    // Every other type comes here by default.
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a `String` fails only where `Debug` itself does, and then what there is counts.
        let _ = write!(text, "{value:?}");
        self.0.push((field.name(), text));
    }
}

#[cfg(test)]
mod tests {
    use tracing::instrument::WithSubscriber;
    use tracing::{info, trace, trace_span};

    use super::*;

    #[test]
    fn events_and_span_fields_are_collected_down_to_trace() {
        let logs = LogCollector::new();
        let installed = logs.install();
        let span = trace_span!("load", folder = "/a", late = tracing::field::Empty);
        let _entered = span.enter();
        span.record("late", 7);
        trace!(name = ?"x", "done {}", 1);
        drop(installed);
        info!("not seen any more");
        let target = module_path!();
        let lines: Vec<_> = logs.events().iter().map(LogEvent::to_string).collect();
        assert_eq!(
            lines,
            [
                format!("TRACE {target}: span load folder=/a"),
                format!("TRACE {target}: span load late=7"),
                format!("TRACE {target}: done 1 name=\"x\""),
            ]
        );
    }

    #[tokio::test]
    async fn a_future_on_another_thread_is_collected_through_the_subscriber() {
        let logs = LogCollector::new();
        let future = async { info!("elsewhere") }.with_subscriber(logs.subscriber());
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(future);
        });
        thread.join().unwrap();
        assert_eq!(logs.events()[0].message(), "elsewhere");
        logs.clear();
        assert_eq!(logs.text(), "");
    }

    #[test]
    #[should_panic(expected = "the canary `token` leaks as it is")]
    fn a_leak_in_a_field_is_found() {
        let (logs, token) = (LogCollector::new(), Canary::named("token"));
        let _installed = logs.install();
        info!(header = token.value());
        logs.assert_no_leak([&token]);
    }
}
