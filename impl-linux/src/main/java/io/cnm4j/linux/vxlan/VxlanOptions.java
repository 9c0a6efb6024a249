package io.cnm4j.linux.vxlan;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.List;

/**
 * How an endpoint is opened.
 *
 * @param local the address it sends from and is reached at; the unspecified one for any
 * @param port its UDP port, 1 to 65,535
 * @param inner the UDP port inside ESP, 1 to 65,535; of an encrypted endpoint alone
 * @param namespace where the network between endpoints is
 * @param queues threads, each with a socket and a queue of each device; 1 to 64
 * @param cpus processors that the threads stay on, in turn; empty for any
 */
public record VxlanOptions(
        IpAddress local, int port, int inner, NamespaceRef namespace, int queues, List<Integer> cpus) {
    /** Refuses what is out of range. */
    public VxlanOptions {
        if (port < 1 || port > 65_535 || inner < 1 || inner > 65_535 || queues < 1 || queues > 64) {
            throw new InvalidRequestException("port=" + port + " inner=" + inner + " queues=" + queues
                    + " is out of range; ports are 1 to 65535, queues 1 to 64");
        }
        if (cpus.stream().anyMatch(cpu -> cpu < 0 || cpu > 1023)) {
            throw new InvalidRequestException("cpus=" + cpus + " is out of range; processors are 0 to 1023");
        }
        cpus = List.copyOf(cpus);
    }

    /** Returns an endpoint at this address: the port that IANA assigned, the namespace of the host, one queue. */
    public static VxlanOptions at(IpAddress local) {
        return new VxlanOptions(local, VxlanHeader.PORT, VxlanHeader.PORT, NamespaceRef.HOST, 1, List.of());
    }

    /** Returns the same in another namespace. */
    public VxlanOptions in(NamespaceRef other) {
        return new VxlanOptions(local, port, inner, other, queues, cpus);
    }

    /** Returns the same with another port. */
    public VxlanOptions withPort(int other) {
        return new VxlanOptions(local, other, inner, namespace, queues, cpus);
    }

    /** Returns the same with another port inside ESP. */
    public VxlanOptions withInner(int other) {
        return new VxlanOptions(local, port, other, namespace, queues, cpus);
    }

    /** Returns the same with so many queues, on these processors if there are any. */
    public VxlanOptions withQueues(int count, List<Integer> processors) {
        return new VxlanOptions(local, port, inner, namespace, count, processors);
    }
}
