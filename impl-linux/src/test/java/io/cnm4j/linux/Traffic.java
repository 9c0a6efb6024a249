package io.cnm4j.linux;

import io.cnm4j.api.Sandbox;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;

/** Packets between namespaces. What should arrive has seconds to do so; what should not is soon given up. */
final class Traffic {
    private static final int PATIENT_MILLIS = 5_000;
    private static final int SHORT_MILLIS = 200;

    private Traffic() {}

    /** Returns the namespace of a sandbox. */
    static NamespaceRef in(Sandbox sandbox) {
        return NamespaceRef.at(sandbox.namespacePath().toString());
    }

    /** Tells whether an echo request to the address is answered. */
    static boolean echoes(NamespaceRef from, String address) {
        return ping(from, "-c", "1", "-W", "5", address);
    }

    /** Tells whether no echo request to the address is answered. */
    static boolean isSilent(NamespaceRef from, String address) {
        return !ping(from, "-c", "1", "-W", "0.2", address);
    }

    /** Tells whether a packet of so many octets, IP header included, passes without being cut up. */
    static boolean passesWhole(NamespaceRef from, String address, int octets) {
        int headers = (address.contains(":") ? 40 : 20) + 8; // IP and ICMP
        return ping(from, "-c", "1", "-W", "1", "-M", "do", "-s", String.valueOf(octets - headers), address);
    }

    private static boolean ping(NamespaceRef from, String... words) {
        var command = new String[words.length + 2];
        command[0] = "ping";
        command[1] = "-n";
        System.arraycopy(words, 0, command, 2, words.length);
        TestNetns.Result result = TestNetns.execute(from, command);
        if (result.status() > 1 && !result.output().contains("unreachable")) {
            throw new AssertionError(String.join(" ", command) + ": " + result.output());
        }
        return result.status() == 0;
    }

    /** Returns the client's address as a server at {@code address} sees it; empty if no connection comes about. */
    static Optional<String> sourceSeen(NamespaceRef client, NamespaceRef server, String address) throws Exception {
        return connect(client, server, address, PATIENT_MILLIS);
    }

    /** Tells whether a server at {@code address} gets no connection from the client. */
    static boolean isRefused(NamespaceRef client, NamespaceRef server, String address) throws Exception {
        return connect(client, server, address, SHORT_MILLIS).isEmpty();
    }

    /** Tells whether a datagram to {@code address} does not arrive; nothing needs to come back. */
    static boolean isLost(NamespaceRef from, NamespaceRef to, String address) throws Exception {
        InetAddress at = InetAddress.getByName(address);
        try (DatagramSocket receiver = Namespaces.visit(to, () -> new DatagramSocket(0, at));
                DatagramSocket sender = Namespaces.visit(from, () -> new DatagramSocket())) {
            receiver.setSoTimeout(SHORT_MILLIS);
            var datagram = new DatagramPacket(new byte[1], 1, at, receiver.getLocalPort());
            try {
                sender.send(datagram);
                receiver.receive(datagram);
                return false;
            } catch (SocketException | SocketTimeoutException nothing) { // no route, or lost
                return true;
            }
        }
    }

    private static Optional<String> connect(NamespaceRef client, NamespaceRef server, String address, int millis)
            throws Exception {
        InetAddress at = InetAddress.getByName(address);
        try (ServerSocket listening = Namespaces.visit(server, () -> new ServerSocket(0, 1, at));
                Socket connecting = Namespaces.visit(client, () -> open(at, listening.getLocalPort(), millis))) {
            if (!connecting.isConnected()) {
                return Optional.empty();
            }
            try (Socket accepted = listening.accept()) {
                return Optional.of(accepted.getInetAddress().getHostAddress());
            }
        }
    }

    private static Socket open(InetAddress address, int port, int millis) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, port), millis);
        } catch (ConnectException | SocketTimeoutException | NoRouteToHostException noConnection) {
            socket.close();
            return new Socket();
        }
        return socket;
    }
}
