package io.cnm4j.linux;

import io.cnm4j.api.Sandbox;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/** A name server inside a sandbox that answers as a test says, and remembers what it was asked. */
final class TestUpstream implements AutoCloseable {
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private volatile Function<Message, Optional<Message>> answer;

    TestUpstream(Sandbox home, Function<Message, Optional<Message>> answer) throws Exception {
        this(Traffic.in(home), "0.0.0.0", answer);
    }

    TestUpstream(NamespaceRef home, String address, Function<Message, Optional<Message>> answer) throws Exception {
        this.answer = answer;
        InetAddress at = InetAddress.getByName(address);
        datagrams = Namespaces.visit(home, () -> new DatagramSocket(new InetSocketAddress(at, 53)));
        streams = Namespaces.visit(home, () -> new ServerSocket(53, 50, at));
        start(this::datagrams);
        start(this::streams);
    }

    void answers(Function<Message, Optional<Message>> otherwise) {
        answer = otherwise;
    }

    private static void start(Runnable loop) {
        var thread = new Thread(loop, "test-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    private void datagrams() {
        var buffer = new byte[65_535];
        try {
            while (true) {
                var packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                Optional<Message> reply =
                        reply(new Message(java.util.Arrays.copyOf(buffer, packet.getLength())), "udp");
                if (reply.isPresent()) {
                    byte[] octets = reply.orElseThrow().toWire(4096);
                    datagrams.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void streams() {
        try {
            while (true) {
                try (Socket client = streams.accept()) {
                    var in = new DataInputStream(client.getInputStream());
                    var octets = new byte[in.readUnsignedShort()];
                    in.readFully(octets);
                    Optional<Message> reply = reply(new Message(octets), "tcp");
                    if (reply.isPresent()) {
                        byte[] wire = reply.orElseThrow().toWire();
                        var out = new DataOutputStream(client.getOutputStream());
                        out.writeShort(wire.length);
                        out.write(wire);
                    }
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private Optional<Message> reply(Message query, String transport) {
        Record question = query.getQuestion();
        asked.add(transport + " " + question.getName() + " " + org.xbill.DNS.Type.string(question.getType()));
        return answer.apply(query).map(reply -> {
            reply.getHeader().setID(query.getHeader().getID());
            reply.getHeader().setFlag(Flags.QR);
            reply.getHeader().setFlag(Flags.RA);
            return reply;
        });
    }

    /** Answers with an address. */
    static Optional<Message> address(Message query, String address, long ttl) {
        try {
            var reply = new Message();
            reply.addRecord(query.getQuestion(), Section.QUESTION);
            reply.addRecord(
                    new ARecord(query.getQuestion().getName(), DClass.IN, ttl, InetAddress.getByName(address)),
                    Section.ANSWER);
            return Optional.of(reply);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers with a name. */
    static Optional<Message> pointer(Message query, String name) {
        try {
            var reply = new Message();
            reply.addRecord(query.getQuestion(), Section.QUESTION);
            Name target = Name.fromString(name);
            reply.addRecord(new PTRRecord(query.getQuestion().getName(), DClass.IN, 60, target), Section.ANSWER);
            return Optional.of(reply);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers with a code and, so that it may be kept, whose it is. */
    static Optional<Message> code(Message query, int rcode) {
        var reply = new Message();
        reply.addRecord(query.getQuestion(), Section.QUESTION);
        reply.getHeader().setRcode(rcode);
        reply.addRecord(
                new SOARecord(Name.root, DClass.IN, 60, Name.root, Name.root, 1, 1, 1, 1, 60), Section.AUTHORITY);
        return Optional.of(reply);
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        streams.close();
    }
}
