package io.cnm4j.examples.doctorlab;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** Two networks, each with two sandboxes that talk: one suffers, the other has a connection that must stay open all the time. */
final class Patients implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 2_000;

    private final Network suffering;
    private final Network bystanders;
    private final List<Sandbox> suffer;
    private final List<Sandbox> bystand;
    private final Socket near;
    private final Socket far;

    Patients(NetworkController controller) throws Exception {
        suffering = controller.createNetwork(NetworkRequest.builder()
                .name("web")
                .ipv6(true)
                .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                .build());
        bystanders = controller.createNetwork(NetworkRequest.named("data"));
        suffer = List.of(connected(controller, suffering, "one"), connected(controller, suffering, "two"));
        bystand = List.of(connected(controller, bystanders, "three"), connected(controller, bystanders, "four"));
        InetAddress address = address(bystand.get(1), Family.IPV4);
        try (ServerSocket server = bystand.get(1).call(() -> new ServerSocket(0, 1, address))) {
            near = bystand.get(0).call(() -> call(server));
            far = server.accept();
        }
        near.setSoTimeout(PATIENCE_MILLIS);
        far.setSoTimeout(PATIENCE_MILLIS);
    }

    private static Sandbox connected(NetworkController controller, Network network, String name) {
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer(name));
        network.connect(sandbox, EndpointRequest.named(name));
        return sandbox;
    }

    private static InetAddress address(Sandbox sandbox, Family family) {
        return sandbox.endpoints()
                .get(0)
                .inspect()
                .address(family)
                .orElseThrow()
                .toInetAddress();
    }

    private static Socket call(ServerSocket server) throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), PATIENCE_MILLIS);
        return socket;
    }

    Damages damages(NetworkController controller, String runDirectory) {
        String host = suffer.get(0).endpoints().get(0).inspect().driverNote().getOrDefault("host.link", "none");
        return new Damages(
                "br-" + suffering.id().shortForm(),
                host,
                "cnm4j-" + controller.id().shortForm(),
                runDirectory + "/" + controller.id().shortForm(),
                suffer.get(0).id().shortForm(),
                controller.id().shortForm());
    }

    /** Returns the sandbox that suffers. */
    Sandbox first() {
        return suffer.get(0);
    }

    /** Goes on only if sandboxes reach each other both ways, in both families. */
    void talk() throws Exception {
        for (Family family : Family.values()) {
            call(suffer.get(0), suffer.get(1), family);
            call(suffer.get(1), suffer.get(0), family);
        }
        call(bystand.get(0), bystand.get(1), Family.IPV4);
    }

    private static void call(Sandbox from, Sandbox to, Family family) throws Exception {
        InetAddress address = address(to, family);
        try (ServerSocket server = to.call(() -> new ServerSocket(0, 1, address))) {
            from.call(() -> call(server)).close();
        }
    }

    /** Goes on only if an octet passes the connection between the bystanders, there and back. */
    void useConnection(int octet) throws IOException {
        near.getOutputStream().write(octet);
        far.getOutputStream().write(far.getInputStream().read());
        int back = near.getInputStream().read();
        if (back != octet) {
            throw new IOException("the connection of the bystanders broke: read " + back);
        }
    }

    /** Closes the connection first: one that cannot say goodbye keeps its namespace. */
    void leave() throws IOException {
        close();
        suffer.forEach(Sandbox::delete);
        bystand.forEach(Sandbox::delete);
        suffering.delete();
        bystanders.delete();
    }

    @Override
    public void close() throws IOException {
        try (near) {
            far.close();
        }
    }
}
