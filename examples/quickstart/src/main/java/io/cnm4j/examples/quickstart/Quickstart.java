package io.cnm4j.examples.quickstart;

import static io.cnm4j.examples.quickstart.Narration.require;
import static io.cnm4j.examples.quickstart.Narration.say;
import static io.cnm4j.examples.quickstart.Narration.show;
import static io.cnm4j.examples.quickstart.Narration.tell;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.net.SocketTimeoutException;
import java.util.List;

/**
 * Two networks and three sandboxes: a web server, a visitor on its network, and a stranger on another. Run it as root with
 * {@code examples/run quickstart}, or from an IDE.
 */
public final class Quickstart {
    private static final int PORT = 8080;

    private final Stage stage;
    private final NetworkController controller;

    private Quickstart(Stage stage, NetworkController controller) {
        this.stage = stage;
        this.controller = controller;
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            try (NetworkController controller = NetworkController.open(stage.config())) {
                new Quickstart(stage, controller).play();
            }
            List<String> leaks = stage.leaks();
            leaks.forEach(System.out::println);
            require(leaks.isEmpty(), "everything is gone, but something was left over");
        }
        System.out.println("\nquickstart: ok\nleaks: 0");
    }

    private void play() throws Exception {
        NetworkRequest request = NetworkRequest.builder()
                .name("shop")
                .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                .build();
        show(
                "What creating network 'shop' will do, before it happens",
                controller.dryRun().createNetwork(request));

        Network shop = controller.createNetwork(request);
        Network street = controller.createNetwork(NetworkRequest.named("street")); // cnm4j chooses the subnet

        Sandbox server = controller.createSandbox(SandboxRequest.forContainer("server"));
        Sandbox visitor = controller.createSandbox(SandboxRequest.forContainer("visitor"));
        Sandbox stranger = controller.createSandbox(SandboxRequest.forContainer("stranger"));

        EndpointRequest web = EndpointRequest.named("web");
        show("What connecting the server to it will do", controller.dryRun().connect(shop, server, web));
        Endpoint website = shop.connect(server, web);
        shop.connect(visitor, EndpointRequest.named("visitor"));
        street.connect(stranger, EndpointRequest.named("stranger"));

        say("What there is now");
        System.out.print(Picture.of(controller));
        converse(address(website), server, visitor, stranger);
        removeEverything(website, server, visitor, stranger, shop, street);
    }

    private void converse(String website, Sandbox server, Sandbox visitor, Sandbox stranger) throws Exception {
        say("Who reaches whom");
        Process process = HelloServer.startIn(server, PORT);
        try {
            String page = visitor.call(() -> Talk.fetch(website, PORT));
            tell("the visitor asks http://" + website + ":" + PORT + "/ and reads: " + page);
            require(page.startsWith("hello"), "the server should have answered the visitor");

            boolean reached = stranger.call(() -> reaches(website));
            tell("the stranger, on another network, " + (reached ? "reaches it" : "does not reach it"));
            require(!reached, "the stranger should not reach the server");

            String seen = stage.seenFromOutside(visitor);
            tell("the visitor calls " + Stage.OUTSIDE + ", outside the host, which sees the host's address: " + seen);
            require(seen.equals(Stage.UPLINK), "packets should leave with the host's address " + Stage.UPLINK);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static boolean reaches(String address) throws Exception {
        try {
            Talk.fetch(address, PORT);
            return true;
        } catch (SocketTimeoutException silence) {
            return false;
        }
    }

    private void removeEverything(
            Endpoint website, Sandbox server, Sandbox visitor, Sandbox stranger, Network shop, Network street) {
        website.disconnect(); // one endpoint alone; the others go with their sandboxes
        server.delete();
        visitor.delete();
        stranger.delete();
        show("What deleting network 'shop' will do", controller.dryRun().deleteNetwork(shop));
        shop.delete();
        street.delete();
    }

    private static String address(Endpoint endpoint) {
        return endpoint.inspect().address(Family.IPV4).orElseThrow().toString();
    }
}
