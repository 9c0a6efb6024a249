package io.cnm4j.benchmarks.ports;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;

/**
 * New flows through a published port: a client in one sandbox sends a datagram from a fresh port to an address of the host, a server in another
 * sends it back, and then again over the same flow. The floor is the same to the server's own address, which nothing translates. Closing
 * it ends the server and removes both.
 */
final class Flows implements AutoCloseable {
    private static final int PORT = 7;
    static final int PUBLISHED = 10; // ports of the server
    private static final int MILLIS = 2_000;

    private final Sandbox server;
    private final Sandbox client;
    private final Network network;
    private final Network other;
    private final DatagramSocket socket;
    private final InetSocketAddress translated;
    private final InetSocketAddress direct;

    /** What flows took, in nanoseconds: the first datagram there and back, and the second. */
    static final class Times {
        final Samples first = new Samples();
        final Samples second = new Samples();
    }

    Flows(NetworkController controller, int hostPort) throws Exception {
        network = open(controller, "flows");
        other = open(controller, "flows-clients");
        server = controller.createSandbox(SandboxRequest.forContainer("flow-server"));
        client = controller.createSandbox(SandboxRequest.forContainer("flow-client"));
        Endpoint endpoint = network.connect(
                server,
                EndpointRequest.builder()
                        .name("server")
                        .addPublish(PublishedPort.parse("0.0.0.0:" + hostPort + "-" + (hostPort + PUBLISHED - 1) + ":"
                                + PORT + "-" + (PORT + PUBLISHED - 1) + "/udp"))
                        .build());
        other.connect(client, EndpointRequest.named("client"));
        String address = endpoint.inspect().addresses().get(0).address().toString();
        String gateway =
                other.endpointByName("client").inspect().gateways().get(0).toString();
        direct = new InetSocketAddress(address, PORT);
        translated = new InetSocketAddress(gateway, hostPort);
        socket = Namespaces.visit(namespace(server), () -> new DatagramSocket(PORT));
        var thread = new Thread(this::serve, "flow-server");
        thread.setDaemon(true);
        thread.start();
    }

    private static Network open(NetworkController controller, String name) {
        return controller.createNetwork(NetworkRequest.builder()
                .name(name)
                .putOptions("com.docker.network.bridge.gateway_mode_ipv4", "nat-unprotected")
                .build());
    }

    private static NamespaceRef namespace(Sandbox sandbox) {
        return NamespaceRef.at(sandbox.namespacePath().toString());
    }

    private void serve() {
        var packet = new DatagramPacket(new byte[64], 64);
        try {
            while (true) {
                packet.setLength(64);
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (SocketException closed) {
            return;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets flows begin, translated ones and others in turn. */
    void measure(int rounds, Times ours, Times floor) throws Exception {
        Namespaces.visit(namespace(client), () -> {
            for (int i = 0; i < rounds; i++) {
                flow(translated, ours);
                flow(direct, floor);
            }
            return true;
        });
    }

    private static void flow(InetSocketAddress to, Times times) throws IOException {
        try (var caller = new DatagramSocket()) {
            caller.setSoTimeout(MILLIS);
            caller.connect(to);
            times.first.add(thereAndBack(caller));
            times.second.add(thereAndBack(caller));
        }
    }

    private static long thereAndBack(DatagramSocket caller) throws IOException {
        var packet = new DatagramPacket(new byte[64], 64);
        long start = System.nanoTime();
        caller.send(packet);
        caller.receive(packet);
        return System.nanoTime() - start;
    }

    /** Returns how many flows a second begin where one takes this long. */
    static long perSecond(Samples first) {
        return Duration.ofSeconds(1).toNanos() / Math.max(1, first.quantile(0.5));
    }

    @Override
    public void close() {
        socket.close();
        server.delete();
        client.delete();
        network.delete();
        other.delete();
    }
}
