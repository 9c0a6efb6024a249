package io.cnm4j.linux.xfrm;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.secret.HostKeys;
import io.cnm4j.core.secret.KeyBoard;
import io.cnm4j.core.secret.Secret;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.spi.plan.KernelOp.SealPort;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ports of the host whose packets the kernel encrypts, and the keys of the board that it does it with. What is in the kernel stays when
 * the process ends, but for the sockets that ESP comes to. Thread-safe; policies are changed on threads in the host namespace.
 */
public final class SealedPorts implements AutoCloseable {
    private static final String PROBE = "cnm4j 000000000000 probe";

    private final Map<SealPort, Integer> sockets = new HashMap<>(); // guarded by this
    private final StateTable states = new StateTable(); // guarded by this
    private HostKeys keys = HostKeys.NONE; // guarded by this
    private final IntConsumer portIds;
    private @Nullable XfrmSocket xfrm; // guarded by this; of the host namespace, there while a port is sealed

    /**
     * Makes none.
     *
     * @param board where the keys are
     * @param portIds told the port ids of its sockets of netlink
     */
    public SealedPorts(KeyBoard board, IntConsumer portIds) {
        this.portIds = portIds;
        board.follow(this::use);
    }

    private synchronized void use(HostKeys now) {
        keys = now;
        if (xfrm != null) {
            states.set(wanted(), xfrm);
        }
    }

    private Map<XfrmState, StateTable.Key> wanted() {
        var wanted = new HashMap<XfrmState, StateTable.Key>();
        for (SealPort op : sockets.keySet()) {
            int reqid = Mark.group(op.mark());
            for (HostKeys.Key key : keys.sending()) {
                add(wanted, new XfrmState(op.local(), key.peer(), key.spi(), reqid), op, key);
            }
            for (HostKeys.Key key : keys.receiving()) {
                add(wanted, new XfrmState(key.peer(), op.local(), key.spi(), reqid), op, key);
            }
        }
        return wanted;
    }

    private static void add(Map<XfrmState, StateTable.Key> all, XfrmState state, SealPort op, HostKeys.Key key) {
        all.put(state, new StateTable.Key(op.port(), key.material()));
    }

    /**
     * Lets the kernel encrypt, with the keys of the board from now on.
     *
     * @throws ConflictException if somebody else has a policy for these packets; nothing is left then
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses; nothing is left then
     */
    public synchronized void seal(SealPort op) {
        boolean fresh = !sockets.containsKey(op);
        XfrmSocket socket = socket();
        try {
            if (fresh) {
                sockets.put(op, EspSocket.open(op.local(), op.port()));
            }
            addPolicies(op, socket);
            states.adopt(Mark.group(op.mark()), socket);
            states.set(wanted(), socket);
        } catch (RuntimeException | Error failure) {
            if (fresh) {
                takeBack(op, failure);
            }
            throw failure;
        }
    }

    private XfrmSocket socket() {
        XfrmSocket there = xfrm;
        if (there == null) {
            there = new XfrmSocket();
            portIds.accept(there.port());
            xfrm = there;
        }
        return there;
    }

    private void takeBack(SealPort op, Throwable failure) {
        try {
            unseal(op);
        } catch (RuntimeException | Error also) {
            failure.addSuppressed(also);
        }
    }

    private static void addPolicies(SealPort op, XfrmSocket socket) {
        List<XfrmPolicy> policies = policies(op);
        var messages = socket.messages();
        policies.forEach(policy -> policy.add(messages));
        List<Reply> replies = socket.send();
        for (Reply reply : replies) {
            if (reply.errno() == Errno.EEXIST) {
                if (!socket.policies().containsAll(policies)) {
                    throw new ConflictException(
                            "another program has a policy of IPsec for UDP port " + op.inner() + " of " + op.local()
                                    + "; remove it (ip xfrm policy), or give the cluster another encrypted port");
                }
            } else if (!reply.ok()) {
                throw XfrmSocket.refused(op.render().get(0), reply);
            }
        }
    }

    private static List<XfrmPolicy> policies(SealPort op) {
        int reqid = Mark.group(op.mark());
        return List.of(
                new XfrmPolicy(true, op.local(), op.inner(), reqid),
                new XfrmPolicy(
                        false, any(op.local()), op.inner(), reqid)); // the tunnel takes what comes to any address
    }

    private static IpAddress any(IpAddress address) {
        return IpAddress.of(new byte[address.octets().length]);
    }

    /** Takes it all back, also what a process before this one left; what is gone is fine. */
    public synchronized void unseal(SealPort op) {
        Integer fd = sockets.remove(op);
        if (fd != null) {
            CALLS.close(fd);
        }
        XfrmSocket socket = socket();
        try {
            states.adopt(Mark.group(op.mark()), socket);
            states.set(wanted(), socket);
            removePolicies(op, socket);
        } finally {
            if (sockets.isEmpty()) {
                socket.close();
                xfrm = null;
            }
        }
    }

    private static void removePolicies(SealPort op, XfrmSocket socket) {
        List<XfrmPolicy> there = socket.policies();
        List<XfrmPolicy> ours = policies(op).stream().filter(there::contains).toList();
        var messages = socket.messages();
        ours.forEach(policy -> policy.delete(messages));
        for (Reply reply : socket.send()) {
            if (!reply.ok() && reply.errno() != Errno.ENOENT) {
                throw XfrmSocket.refused(op.renderRemoval().get(1), reply);
            }
        }
    }

    /** Tells whether the kernel encrypts something for this process. */
    public synchronized boolean isUsed() {
        return !sockets.isEmpty();
    }

    /** Returns what is not as it should be; empty if all is. Absent if nothing of it is there. */
    public synchronized Optional<String> fault(SealPort op) {
        try (var socket = new XfrmSocket()) {
            List<XfrmPolicy> there = socket.policies();
            long found = policies(op).stream().filter(there::contains).count();
            if (found == 0 && !sockets.containsKey(op)) {
                return Optional.empty();
            } else if (found < 2) {
                return Optional.of("the kernel does not encrypt what goes to UDP port " + op.inner()
                        + ", or takes what comes in the clear: a policy is missing");
            } else if (!sockets.containsKey(op)) {
                return Optional.of("this process does not take ESP at UDP port " + op.port() + ": nothing comes in");
            }
            return Optional.of(states.difference(Mark.group(op.mark()), socket.states()));
        }
    }

    /** Returns what there is in the calling thread's namespace under the number of a mark; nothing on a kernel without IPsec. */
    public static List<SealPort> marked(String mark) {
        try (var socket = new XfrmSocket()) {
            Map<Boolean, List<XfrmPolicy>> ours = socket.policies().stream()
                    .filter(policy -> policy.reqid() == Mark.group(mark))
                    .collect(Collectors.partitioningBy(XfrmPolicy::out));
            List<XfrmPolicy> found = new ArrayList<>(ours.getOrDefault(true, List.of()));
            for (XfrmPolicy in : ours.getOrDefault(false, List.of())) {
                if (found.stream().noneMatch(out -> any(out.local()).equals(in.local()) && out.port() == in.port())) {
                    found.add(in); // the other one is gone already
                }
            }
            return found.stream()
                    .map(policy ->
                            new SealPort(NamespaceRef.HOST, policy.local(), policy.port() - 1, policy.port(), mark))
                    .toList();
        } catch (KernelException refused) {
            if (refused.errno() == Errno.EPROTONOSUPPORT) {
                return List.of();
            }
            throw refused;
        }
    }

    /**
     * Encrypts, in the calling thread's namespace, which is thrown away.
     *
     * @throws KernelException if the kernel cannot
     */
    public static void tryOut(IpAddress local, IpAddress peer) {
        var op = new SealPort(NamespaceRef.HOST, local, 4500, 4501, PROBE);
        var key = new HostKeys.Key(peer, 256, Secret.of(new byte[HostKeys.MATERIAL]));
        var board = new KeyBoard();
        board.set(new HostKeys(List.of(key), List.of()));
        try (var ports = new SealedPorts(board, id -> {})) {
            ports.seal(op);
        }
    }

    /** Lets go of the sockets; what is in the kernel stays. */
    @Override
    public synchronized void close() {
        sockets.values().forEach(CALLS::close);
        sockets.clear();
        if (xfrm != null) {
            xfrm.close();
            xfrm = null;
        }
    }
}
