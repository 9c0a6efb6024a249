package io.cnm4j.examples.quickstart;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.NetworkSnapshot;
import java.util.List;

/** Draws what a controller has as a tree, from its snapshots. */
final class Picture {
    private final NetworkController controller;
    private final StringBuilder lines = new StringBuilder();

    private Picture(NetworkController controller) {
        this.controller = controller;
    }

    /** Returns the tree. */
    static String of(NetworkController controller) {
        var picture = new Picture(controller);
        picture.lines
                .append("   host (controller ")
                .append(controller.id().shortForm())
                .append(")\n");
        List<Network> networks = controller.networks();
        for (int i = 0; i < networks.size(); i++) {
            picture.network(networks.get(i), i == networks.size() - 1);
        }
        return picture.lines.toString();
    }

    private void network(Network network, boolean last) {
        NetworkSnapshot is = network.inspect();
        lines.append(last ? "   └─ " : "   ├─ ")
                .append("network '")
                .append(is.name())
                .append("', ")
                .append(is.driver());
        is.subnets().forEach(subnet -> {
            lines.append(", ").append(subnet.pool());
            subnet.gateway().ifPresent(gateway -> lines.append(" with gateway ").append(gateway));
        });
        lines.append(", link ").append(is.driverNote().get("bridge")).append('\n');
        List<Endpoint> endpoints = network.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            lines.append(last ? "      " : "   │  ").append(i == endpoints.size() - 1 ? "└─ " : "├─ ");
            endpoint(endpoints.get(i).inspect());
        }
    }

    private void endpoint(EndpointSnapshot is) {
        lines.append("endpoint '")
                .append(is.name())
                .append("' ")
                .append(is.driverNote().values())
                .append(" ── ");
        is.interfaceName().ifPresent(name -> lines.append(name).append(' '));
        lines.append(is.addresses());
        is.sandbox()
                .ifPresent(id -> lines.append(" in sandbox '")
                        .append(controller.sandboxById(id).containerId())
                        .append('\''));
        lines.append('\n');
    }
}
