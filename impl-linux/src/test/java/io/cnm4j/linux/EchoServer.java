package io.cnm4j.linux;

import io.cnm4j.api.Sandbox;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A server in a namespace that tells each client its own name and how it sees the client, by TCP and UDP. Closing it ends it. */
final class EchoServer implements AutoCloseable {
    private static final int PATIENT_MILLIS = 5_000;
    private static final int SHORT_MILLIS = 300;

    private final String name;
    private final ServerSocket tcp;
    private final DatagramSocket udp;

    private EchoServer(String name, ServerSocket tcp, DatagramSocket udp) {
        this.name = name;
        this.tcp = tcp;
        this.udp = udp;
    }

    /** Starts one in a sandbox, called as its container, at a port of all addresses. */
    static EchoServer in(Sandbox sandbox, int port) throws Exception {
        return in(sandbox.containerId(), Traffic.in(sandbox), port);
    }

    static EchoServer in(String name, NamespaceRef namespace, int port) throws Exception {
        ServerSocket tcp = Namespaces.visit(namespace, () -> {
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("::", port));
            return socket;
        });
        DatagramSocket udp = Namespaces.visit(namespace, () -> new DatagramSocket(port, InetAddress.getByName("::")));
        var server = new EchoServer(name, tcp, udp);
        start("tcp-" + name, server::serveTcp);
        start("udp-" + name, server::serveUdp);
        return server;
    }

    private interface Serving {
        void run() throws IOException;
    }

    private static void start(String name, Serving serving) {
        var thread = new Thread(
                () -> {
                    try {
                        serving.run();
                    } catch (SocketException closed) {
                        return;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serveTcp() throws IOException {
        while (true) {
            try (Socket client = tcp.accept();
                    OutputStream out = client.getOutputStream()) {
                out.write(greeting(client.getInetAddress()));
            }
        }
    }

    private void serveUdp() throws IOException {
        while (true) {
            var packet = new DatagramPacket(new byte[64], 64);
            udp.receive(packet);
            byte[] answer = greeting(packet.getAddress());
            udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
    }

    private byte[] greeting(InetAddress client) {
        return (name + " " + client.getHostAddress()).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns what a server says to a TCP client in a namespace; empty if no connection comes about. */
    static Optional<String> askTcp(NamespaceRef from, String address, int port) throws Exception {
        return askTcp(from, address, port, PATIENT_MILLIS);
    }

    /** The same for a connection that is not expected. */
    static Optional<String> askTcpShortly(NamespaceRef from, String address, int port) throws Exception {
        return askTcp(from, address, port, SHORT_MILLIS);
    }

    private static Optional<String> askTcp(NamespaceRef from, String address, int port, int millis) throws Exception {
        return Namespaces.visit(from, () -> {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), millis);
                socket.setSoTimeout(millis);
                String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return said.isEmpty() ? Optional.<String>empty() : Optional.of(said);
            } catch (IOException nothing) {
                return Optional.empty();
            }
        });
    }

    /** Returns what a server says to a UDP client in a namespace; empty if nothing comes back. */
    static Optional<String> askUdp(NamespaceRef from, String address, int port) throws Exception {
        return askUdp(from, address, port, 0, PATIENT_MILLIS);
    }

    /** The same for an answer that is not expected. */
    static Optional<String> askUdpShortly(NamespaceRef from, String address, int port) throws Exception {
        return askUdp(from, address, port, 0, SHORT_MILLIS);
    }

    /** The same from a port of the client's own. */
    static Optional<String> askUdp(NamespaceRef from, String address, int port, int own, int millis) throws Exception {
        return Namespaces.visit(from, () -> {
            try (var socket = new DatagramSocket(own)) {
                socket.connect(new InetSocketAddress(address, port));
                socket.setSoTimeout(millis);
                socket.send(new DatagramPacket(new byte[1], 1));
                var packet = new DatagramPacket(new byte[64], 64);
                socket.receive(packet);
                return Optional.of(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            } catch (IOException nothing) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
