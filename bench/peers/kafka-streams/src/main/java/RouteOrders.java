import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * An order with its lines → the vendor's order: the lines whose SKU begins with a prefix, the totals of these lines, and
 * their share of the shipping, in whole cents by largest remainder. Each field is decoded and encoded. One for a thread.
 */
final class RouteOrders {
  /** A zero byte and the schema's id: left as they are. */
  private static final int FRAME_BYTES = 5;
  /** In ten-thousandths. */
  private static final long CENT = 100;

  private final String prefix;
  private final GenericDatumReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer;
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  RouteOrders(Schema schema, String prefix) {
    GenericData model = new GenericData();
    model.addLogicalTypeConversion(new Conversions.DecimalConversion());
    this.prefix = prefix;
    this.reader = new GenericDatumReader<>(schema, schema, model);
    this.writer = new GenericDatumWriter<>(schema, model);
  }

  GenericRecord decode(byte[] value) {
    try {
      decoder = DecoderFactory.get().binaryDecoder(value, FRAME_BYTES, value.length - FRAME_BYTES, decoder);
      return reader.read(null, decoder);
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  byte[] encode(byte[] value, GenericRecord event) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length);
      bytes.write(value, 0, FRAME_BYTES);
      encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
      writer.write(event, encoder);
      encoder.flush();
      return bytes.toByteArray();
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  static byte[] keyOf(GenericRecord event) {
    return ("vendor|" + event.get("key")).getBytes(StandardCharsets.UTF_8);
  }

  /** Changes the event's order into the vendor's; false where the vendor has no line of it. */
  boolean route(GenericRecord event) {
    GenericRecord order = (GenericRecord) event.get("data");
    List<GenericRecord> kept = new ArrayList<>();
    BigDecimal subtotal = amount(0), discount = amount(0), tax = amount(0), others = amount(0);
    boolean hasOthers = false;
    for (Object each : (List<?>) order.get("lines")) {
      GenericRecord line = (GenericRecord) each;
      if (!line.get("sku").toString().startsWith(prefix)) {
        others = others.add((BigDecimal) line.get("rowTotal"));
        hasOthers = true;
        continue;
      }
      kept.add(line);
      subtotal = subtotal.add((BigDecimal) line.get("rowTotal"));
      discount = discount.add((BigDecimal) line.get("discount"));
      tax = tax.add((BigDecimal) line.get("tax"));
    }
    if (kept.isEmpty()) return false;
    BigDecimal shipping = (BigDecimal) order.get("shipping");
    BigDecimal shippingTax = (BigDecimal) order.get("shippingTax");
    if (hasOthers) {
      shipping = share(shipping, subtotal, others);
      shippingTax = share(shippingTax, subtotal, others);
    }
    order.put("lines", kept);
    order.put("subtotal", subtotal);
    order.put("discount", discount);
    order.put("tax", tax);
    order.put("shipping", shipping);
    order.put("shippingTax", shippingTax);
    order.put("grandTotal", subtotal.subtract(discount).add(tax).add(shipping).add(shippingTax));
    return true;
  }

  /** The vendor's share of an amount, by what its lines and those of the others cost; what is left over by a cent is its own in a tie. */
  private static BigDecimal share(BigDecimal amount, BigDecimal own, BigDecimal others) {
    long total = amount.unscaledValue().longValueExact();
    long mine = own.unscaledValue().longValueExact(), theirs = others.unscaledValue().longValueExact();
    if (mine + theirs == 0) mine = theirs = 1;
    long cents = total / CENT, sum = mine + theirs;
    long myCents = cents * mine / sum, theirCents = cents * theirs / sum;
    if (myCents + theirCents < cents) {
      if (cents * mine % sum >= cents * theirs % sum) myCents += 1;
      else theirCents += 1;
    }
    long dust = total - cents * CENT;
    return amount(myCents * CENT + (myCents >= theirCents ? dust : 0));
  }

  private static BigDecimal amount(long units) {
    return BigDecimal.valueOf(units, 4);
  }
}
