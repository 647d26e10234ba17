import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * Routes all orders of a topic once, at least once and acknowledged by all replicas, and prints what it took as JSON: from
 * the first record to the last offset that is committed. What it has to do comes in the environment, from peer.ts.
 */
public final class Peer {
  private static final int LOOK_EVERY_MS = 20;

  public static void main(String[] args) throws Exception {
    String brokers = variable("KAFKA_BROKERS"), from = variable("PEER_FROM"), group = variable("PEER_GROUP");
    boolean remembers = variable("PEER_REMEMBERS").equals("true");
    Schema schema = new Schema.Parser().parse(Files.readString(Path.of(variable("PEER_SCHEMA"))));
    Path states = Files.createTempDirectory("peer-states");
    AtomicLong taken = new AtomicLong(), firstAt = new AtomicLong(), firstCpu = new AtomicLong();
    Runnable onRecord = () -> {
      if (taken.getAndIncrement() == 0) {
        firstCpu.set(cpuNanos());
        firstAt.set(System.nanoTime());
      }
    };

    Topology topology = new Topology();
    topology.addSource("orders", from);
    topology.addProcessor(
        "route", () -> new Router(schema, variable("PEER_PREFIX"), remembers, onRecord), "orders");
    if (remembers) {
      topology.addStateStore(
          Stores.keyValueStoreBuilder(
              Stores.persistentKeyValueStore(Router.VENDORS), Serdes.ByteArray(), Serdes.ByteArray()),
          "route");
    }
    topology.addSink("vendor-orders", variable("PEER_TO"), "route");

    try (KafkaConsumer<byte[], byte[]> offsets = offsetsOf(brokers, group);
        KafkaStreams streams = new KafkaStreams(topology, settings(brokers, group, states))) {
      Set<TopicPartition> partitions =
          offsets.partitionsFor(from).stream()
              .map(one -> new TopicPartition(from, one.partition()))
              .collect(Collectors.toCollection(HashSet::new));
      long events = offsets.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      streams.start();
      while (taken.get() < events || committed(offsets, partitions) < events) Thread.sleep(LOOK_EVERY_MS);
      double seconds = (System.nanoTime() - firstAt.get()) / 1e9;
      double cpu = (cpuNanos() - firstCpu.get()) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "{\"events\":%d,\"seconds\":%.3f,\"cpuSeconds\":%.3f,\"rssMb\":%d}%n",
          events, seconds, cpu, mostMemoryMb());
    }
  }

  private static Properties settings(String brokers, String group, Path states) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, group);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, variable("PEER_THREADS"));
    settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, states.toString());
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    settings.put(StreamsConfig.producerPrefix("acks"), "all");
    return settings;
  }

  private static KafkaConsumer<byte[], byte[]> offsetsOf(String brokers, String group) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("group.id", group);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static long committed(KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
    return consumer.committed(partitions).values().stream().mapToLong(one -> one == null ? 0 : one.offset()).sum();
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static long mostMemoryMb() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) return 0;
    return Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / 1024;
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value == null) throw new IllegalArgumentException(name + " is missing");
    return value;
  }
}
