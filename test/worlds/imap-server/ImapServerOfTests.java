import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;

/**
 * GreenMail on free ports of this machine: the argument is its key store. Prints the ports of SMTP, IMAP and IMAP with TLS,
 * and ends with its input. A user is made by the first message to it, with its address as name and password.
 */
class ImapServerOfTests {
  public static void main(String[] arguments) throws Exception {
    System.setProperty("greenmail.tls.keystore.file", arguments[0]);
    System.setProperty("greenmail.tls.keystore.password", "changeit");
    var setups = new ServerSetup[] {
      new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
      new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP),
      new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAPS),
    };
    var server = new GreenMail(setups);
    server.start();
    var ports = new int[] {server.getSmtp().getPort(), server.getImap().getPort(), server.getImaps().getPort()};
    System.out.println(ports[0] + " " + ports[1] + " " + ports[2]);
    while (System.in.read() >= 0) {}
    server.stop();
  }
}
