import ch.qos.logback.classic.LoggerContext;
import java.net.URI;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobApiMetadata;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.slf4j.LoggerFactory;

/**
 * S3Proxy on a free port of this machine, with objects in memory and requests that must be signed: arguments are its
 * buckets. Prints the port, and ends with its input.
 */
class S3ServerOfTests {
  public static void main(String[] arguments) throws Exception {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
    var store = ContextBuilder.newBuilder(new TransientNio2BlobApiMetadata())
        .credentials("own", "own")
        .build(BlobStoreContext.class);
    for (var bucket : arguments) store.getBlobStore().createContainerInLocation(null, bucket);
    var server = S3Proxy.builder()
        .blobStore(store.getBlobStore())
        .endpoint(URI.create("http://127.0.0.1:0"))
        .awsAuthentication(AuthenticationType.AWS_V4, "local-id", "local-secret")
        .build();
    server.start();
    System.out.println(server.getPort());
    while (System.in.read() >= 0) {}
    server.stop();
    System.exit(0);
  }
}
