package io.cnm4j.examples.customdriver;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.examples.quickstart.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/** A network of the driver with two sandboxes. Run it as root with {@code examples/run custom-driver}, or from an IDE. */
final class HostOnlyDemo {
    private static final int NOBODY_LISTENS = 9;
    private static final int PATIENCE_MILLIS = 500;

    private HostOnlyDemo() {}

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            try (NetworkController controller = NetworkController.open(stage.config())) {
                play(controller);
            }
            List<String> leaks = stage.leaks();
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
        }
        System.out.println("\ncustom-driver: ok\nleaks: 0");
    }

    private static void play(NetworkController controller) throws Exception {
        Network agents = controller.createNetwork(
                NetworkRequest.builder().name("agents").driver("hostonly").build());
        Sandbox one = controller.createSandbox(SandboxRequest.forContainer("one"));
        Sandbox two = controller.createSandbox(SandboxRequest.forContainer("two"));

        System.out.println("== What connecting sandbox 'one' will do");
        controller
                .dryRun()
                .connect(agents, one, EndpointRequest.named("one"))
                .render()
                .forEach(line -> System.out.println("   " + line));
        agents.connect(one, EndpointRequest.named("one"));
        Endpoint second = agents.connect(two, EndpointRequest.named("two"));

        String host = agents.inspect().subnets().get(0).gateway().orElseThrow().toString();
        String other = second.inspect().address(Family.IPV4).orElseThrow().toString();
        System.out.println("== Who reaches whom");
        boolean reachesHost = one.call(() -> answers(host));
        boolean reachesOther = one.call(() -> answers(other));
        System.out.println("   sandbox 'one' reaches the host at " + host + ": " + reachesHost);
        System.out.println("   sandbox 'one' reaches sandbox 'two' at " + other + ": " + reachesOther);
        require(reachesHost, "a sandbox should reach the host");
        require(!reachesOther, "a sandbox should reach nothing but the host");

        second.disconnect();
        one.delete();
        two.delete();
        agents.delete();
    }

    /** Tells whether there is a network stack at the address: one that refuses a port has answered. */
    private static boolean answers(String address) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), NOBODY_LISTENS), PATIENCE_MILLIS);
            return true;
        } catch (java.net.ConnectException refusedOrNoWay) {
            return String.valueOf(refusedOrNoWay.getMessage()).contains("refused");
        } catch (IOException silence) {
            return false;
        }
    }

    private static void require(boolean truth, String otherwise) {
        if (!truth) {
            throw new IllegalStateException(otherwise);
        }
    }
}
