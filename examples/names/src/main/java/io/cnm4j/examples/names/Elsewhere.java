package io.cnm4j.examples.names;

import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server outside the host. It knows one name, and remembers what it was asked. */
final class Elsewhere implements AutoCloseable {
    /** The name that it knows. */
    static final String KNOWN = "www.example.com";
    /** What it says of it. */
    static final String ADDRESS = "198.51.100.80";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final DatagramSocket socket;
    private final Thread thread = new Thread(this::serve, "elsewhere");

    private Elsewhere(DatagramSocket socket) {
        this.socket = socket;
        thread.start();
    }

    /** Serves at port 53 of an address in a namespace. */
    static Elsewhere open(NamespaceRef namespace, String address) throws Exception {
        return new Elsewhere(Namespaces.visit(namespace, () -> new DatagramSocket(new InetSocketAddress(address, 53))));
    }

    /** Returns the names that it was asked for so far. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void serve() {
        var packet = new DatagramPacket(new byte[4096], 4096);
        try {
            while (!socket.isClosed()) {
                packet.setLength(4096);
                socket.receive(packet);
                byte[] answer = answer(new Message(Arrays.copyOf(packet.getData(), packet.getLength())))
                        .toWire();
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException closed) {
            // nobody asks any more
        }
    }

    private Message answer(Message question) throws IOException {
        Name name = question.getQuestion().getName();
        asked.add(name.toString(true));
        var answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        if (!name.toString(true).equals(KNOWN)) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        } else if (question.getQuestion().getType() == Type.A) {
            InetAddress address = InetAddress.getByName(ADDRESS);
            answer.addRecord(new ARecord(name, DClass.IN, 60, address), Section.ANSWER);
        }
        return answer;
    }

    @Override
    public void close() throws InterruptedException {
        socket.close();
        thread.join();
    }
}
