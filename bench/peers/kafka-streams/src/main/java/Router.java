import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Routes each order; with a store, it remembers which version of an order went to the vendor, and lets older ones be. */
final class Router implements Processor<byte[], byte[], byte[], byte[]> {
  static final String VENDORS = "vendors";

  private final RouteOrders routing;
  private final boolean remembers;
  private final Runnable onRecord;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<byte[], byte[]> vendors;

  Router(Schema schema, String prefix, boolean remembers, Runnable onRecord) {
    this.routing = new RouteOrders(schema, prefix);
    this.remembers = remembers;
    this.onRecord = onRecord;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> given) {
    context = given;
    if (remembers) vendors = given.getStateStore(VENDORS);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    onRecord.run();
    GenericRecord event = routing.decode(record.value());
    if (remembers && isOlder(record.key(), event)) return;
    boolean goesToVendor = routing.route(event);
    if (remembers) vendors.put(record.key(), remembered(event, goesToVendor));
    if (!goesToVendor) return;
    context.forward(new Record<>(RouteOrders.keyOf(event), routing.encode(record.value(), event), record.timestamp()));
  }

  private boolean isOlder(byte[] key, GenericRecord event) {
    byte[] known = vendors.get(key);
    if (known == null) return false;
    ByteBuffer version = ByteBuffer.wrap(known);
    long occurredAt = version.getLong(), readAt = version.getLong();
    return occurredAt(event) != occurredAt ? occurredAt(event) < occurredAt : (long) event.get("readAt") < readAt;
  }

  /** The version, and whether the vendor has the order. */
  private static byte[] remembered(GenericRecord event, boolean goesToVendor) {
    return ByteBuffer.allocate(17)
        .putLong(occurredAt(event))
        .putLong((long) event.get("readAt"))
        .put((byte) (goesToVendor ? 1 : 0))
        .array();
  }

  private static long occurredAt(GenericRecord event) {
    Object at = event.get("occurredAt");
    return at == null ? -1 : (long) at;
  }
}
