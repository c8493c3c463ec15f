import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The monitor's first job as a Kafka Streams application: counts per cell and minute, and repeat contact within seven days
 * per customer, exactly once. As Kafka Streams likes it best: two processors in one task, so that nothing is repartitioned,
 * stores in memory, no output but the changelogs, one thread, the same commit interval as the monitor. Nothing is validated,
 * duplicates count, and no survey is joined.
 *
 * Arguments: bootstrap servers, prefix of the topics, application id, events to warm up with, events to measure, a folder.
 * Prints {"events", "cpuSeconds", "seconds"}.
 */
public final class SeamJob {
  private static final long MINUTE = 60_000;
  private static final long REPEAT_WINDOW = Duration.ofDays(7).toMillis();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicLong SEEN = new AtomicLong();

  /** What a customer's interaction adds to: its cell, its minute, and whether it is a repeat contact. */
  record Outcome(String cell, long minute, boolean escalated, boolean repeat) {}

  /** Remembers each customer's last close. */
  static final class RepeatContact implements FixedKeyProcessor<String, byte[], Outcome> {
    private FixedKeyProcessorContext<String, Outcome> context;
    private KeyValueStore<String, Long> lastClose;

    @Override
    public void init(FixedKeyProcessorContext<String, Outcome> context) {
      this.context = context;
      lastClose = context.getStateStore("customers");
    }

    @Override
    public void process(FixedKeyRecord<String, byte[]> record) {
      SEEN.incrementAndGet();
      JsonNode data;
      try {
        data = JSON.readTree(record.value()).get("data");
      } catch (java.io.IOException e) {
        return;
      }
      if (!data.has("closedAt")) return;
      long start = Instant.parse(data.get("startedAt").textValue()).toEpochMilli();
      long close = Instant.parse(data.get("closedAt").textValue()).toEpochMilli();
      boolean repeat = false;
      if (!data.get("customerId").isNull()) {
        String customer = data.get("customerId").textValue();
        Long last = lastClose.get(customer);
        repeat = last != null && start - last < REPEAT_WINDOW;
        if (last == null || close > last) lastClose.put(customer, close);
      }
      boolean escalated = data.get("handoffs").size() > 0;
      context.forward(record.withValue(new Outcome(cell(data, escalated), close / MINUTE, escalated, repeat)));
    }

    private static String cell(JsonNode data, boolean escalated) {
      String path = data.get("startedWith").textValue().equals("human") ? "human" : escalated ? "seam" : "ai";
      double emotion = data.path("emotion").asDouble(0);
      String band = emotion < -1.0 / 3 ? "negative" : emotion > 1.0 / 3 ? "positive" : "neutral";
      return String.join(
          "|",
          path,
          text(data, "category"),
          text(data, "complexity"),
          band,
          text(data, "channel"),
          text(data, "market"),
          text(data, "language"),
          data.path("customer").path("valueBand").asText("unknown"),
          text(data, "modelVersion"));
    }

    private static String text(JsonNode data, String field) {
      return data.path(field).asText("unknown");
    }
  }

  /** Counts closed, escalated and repeat contacts per cell and minute; the store's changelog is the output. */
  static final class Counts implements Processor<String, Outcome, Void, Void> {
    private KeyValueStore<String, String> counts;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      counts = context.getStateStore("counts");
    }

    @Override
    public void process(Record<String, Outcome> record) {
      Outcome outcome = record.value();
      String key = outcome.cell() + "@" + outcome.minute();
      String before = counts.get(key);
      String[] parts = before == null ? new String[] {"0", "0", "0"} : before.split(",");
      long closed = Long.parseLong(parts[0]) + 1;
      long escalated = Long.parseLong(parts[1]) + (outcome.escalated() ? 1 : 0);
      long repeat = Long.parseLong(parts[2]) + (outcome.repeat() ? 1 : 0);
      counts.put(key, closed + "," + escalated + "," + repeat);
    }
  }

  public static void main(String[] args) throws Exception {
    String prefix = args[1];
    long warmUp = Long.parseLong(args[3]);
    long all = warmUp + Long.parseLong(args[4]);
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG, args[2],
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0],
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2,
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1,
            StreamsConfig.REPLICATION_FACTOR_CONFIG, 1,
            StreamsConfig.STATE_DIR_CONFIG, args[5],
            "auto.offset.reset", "earliest"));
    settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, "org.apache.kafka.streams.processor.WallclockTimestampExtractor");

    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("customers"), Serdes.String(), Serdes.Long()));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("counts"), Serdes.String(), Serdes.String()));
    builder.stream(
            java.util.List.of(prefix + "interactions", prefix + "surveys"),
            Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .processValues(RepeatContact::new, "customers")
        .process(Counts::new, "counts");

    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.start();
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    while (SEEN.get() < Math.max(1, warmUp)) Thread.sleep(1);
    long seen = SEEN.get();
    long cpu = system.getProcessCpuTime();
    long time = System.nanoTime();
    while (SEEN.get() < all) Thread.sleep(1);
    long events = SEEN.get() - seen;
    double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
    double seconds = (System.nanoTime() - time) / 1e9;
    streams.close(Duration.ofSeconds(10));
    System.out.printf(
        java.util.Locale.ROOT,
        "{\"events\":%d,\"cpuSeconds\":%.6f,\"seconds\":%.6f}%n",
        events,
        cpuSeconds,
        seconds);
    System.exit(0);
  }
}
