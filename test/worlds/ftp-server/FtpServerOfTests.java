import java.io.File;
import java.util.List;
import org.apache.ftpserver.DataConnectionConfigurationFactory;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.SslConfigurationFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.WritePermission;

/**
 * Apache FtpServer on a free port of this machine: arguments are its folder, its key store, and the encryption.
 * Prints the port, and ends with its input.
 */
class FtpServerOfTests {
  public static void main(String[] arguments) throws Exception {
    var listener = new ListenerFactory();
    listener.setServerAddress("127.0.0.1");
    listener.setPort(0);
    if (!arguments[2].equals("none")) {
      var tls = new SslConfigurationFactory();
      tls.setKeystoreFile(new File(arguments[1]));
      tls.setKeystoreType("PKCS12");
      tls.setKeystorePassword("changeit");
      tls.setSslProtocol("TLSv1.2");
      listener.setSslConfiguration(tls.createSslConfiguration());
      listener.setImplicitSsl(arguments[2].equals("implicit"));
      var data = new DataConnectionConfigurationFactory();
      data.setSslConfiguration(tls.createSslConfiguration());
      data.setImplicitSsl(arguments[2].equals("implicit"));
      listener.setDataConnectionConfiguration(data.createDataConnectionConfiguration());
    }
    var factory = new FtpServerFactory();
    var made = listener.createListener();
    factory.addListener("default", made);
    var user = new BaseUser();
    user.setName("vendor");
    user.setPassword("secret");
    user.setHomeDirectory(arguments[0]);
    user.setAuthorities(List.of(new WritePermission()));
    factory.getUserManager().save(user);
    var server = factory.createServer();
    server.start();
    System.out.println(made.getPort());
    while (System.in.read() >= 0) {}
    server.stop();
  }
}
