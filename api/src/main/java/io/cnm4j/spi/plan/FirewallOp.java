package io.cnm4j.spi.plan;

import java.util.List;
import java.util.Optional;

/** A step of the firewall: a table, its elements, and the ports that are held for them. */
public sealed interface FirewallOp extends KernelOp {
    /**
     * The controller's nftables table with its sets and chains, shared by all networks that need a firewall.
     *
     * @param table the table
     */
    record AddTable(FirewallTable table) implements FirewallOp {
        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("table " + table.name(), true));
        }

        @Override
        public List<String> render() {
            return table.render();
        }

        @Override
        public List<String> renderRemoval() {
            return List.of("nft delete table inet " + table.name());
        }
    }

    /**
     * Elements in sets and maps of the controller's table: all of them in one transaction.
     *
     * @param table the table's name
     * @param elements the elements; not empty
     * @param shared whether others may add the very same elements
     */
    record AddElements(String table, List<FirewallElement> elements, boolean shared) implements FirewallOp {
        /** Copies the list. */
        public AddElements {
            elements = List.copyOf(elements);
        }

        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("elements " + table + " " + elements, shared));
        }

        @Override
        public boolean isShared() { // without the words for what may be a thousand elements
            return shared;
        }

        @Override
        public List<String> render() {
            return elements.stream()
                    .map(element -> "nft add element inet " + table + " " + element.render())
                    .toList();
        }

        @Override
        public List<String> renderRemoval() {
            return elements.stream()
                    .map(element -> "nft delete element inet " + table + " " + element.renderKey())
                    .toList();
        }
    }

    /**
     * Ports of the host, held by sockets of this process as long as it lives, so that no other program gets them. What reaches them is
     * relayed to the container: that is what no firewall rule can translate, such as {@code ::1}.
     *
     * @param ports the ports; not empty
     */
    record HoldPorts(List<HeldPorts> ports) implements FirewallOp {
        /** Copies the list. */
        public HoldPorts {
            ports = List.copyOf(ports);
        }

        @Override
        public NamespaceRef namespace() {
            return NamespaceRef.HOST;
        }

        @Override
        public List<String> render() {
            return ports.stream().map(HeldPorts::render).toList();
        }

        @Override
        public List<String> renderRemoval() {
            return ports.stream().map(HeldPorts::renderRemoval).toList();
        }
    }
}
