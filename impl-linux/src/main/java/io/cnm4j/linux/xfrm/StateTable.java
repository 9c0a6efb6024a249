package io.cnm4j.linux.xfrm;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.core.secret.Secret;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The states that this process has put into the kernel. One thread at a time. */
final class StateTable {
    private static final int AT_ONCE = 64; // messages; a socket takes some hundred kilobytes

    private static final Key UNKNOWN = new Key(0, Secret.of(new byte[0]));

    private final Map<XfrmState, Key> held = new HashMap<>();

    /** A key, and the UDP port that its packets have at both ends. */
    record Key(int port, Secret material) {}

    private record Step(XfrmState state, Optional<Key> key) {}

    /**
     * Makes these the ones that are there: what is new comes before what is old goes, and the same name with another key in one step.
     *
     * @throws KernelException if the kernel refuses one; those that it took stay, and the next call goes on from there
     */
    void set(Map<XfrmState, Key> wanted, XfrmSocket socket) {
        var steps = new ArrayList<Step>();
        wanted.forEach((state, key) -> {
            Key before = held.get(state);
            if (before != null && !before.equals(key)) {
                steps.add(new Step(state, Optional.empty()));
            }
            if (!key.equals(before)) {
                steps.add(new Step(state, Optional.of(key)));
            }
        });
        held.keySet().stream()
                .filter(state -> !wanted.containsKey(state))
                .forEach(state -> steps.add(new Step(state, Optional.empty())));
        for (int i = 0; i < steps.size(); i += AT_ONCE) {
            take(steps.subList(i, Math.min(steps.size(), i + AT_ONCE)), socket);
        }
    }

    private void take(List<Step> steps, XfrmSocket socket) {
        var messages = socket.messages();
        for (Step step : steps) {
            step.key()
                    .ifPresentOrElse(
                            key -> step.state().add(messages, key.port(), key.material()),
                            () -> step.state().delete(messages));
        }
        List<Reply> replies = socket.send();
        Optional<KernelException> failure = Optional.empty();
        for (int i = 0; i < replies.size(); i++) {
            Step step = steps.get(i);
            Reply reply = replies.get(i);
            if (step.key().isPresent() && reply.ok()) {
                held.put(step.state(), step.key().orElseThrow());
            } else if (step.key().isEmpty() && (reply.ok() || reply.errno() == Errno.ESRCH)) {
                held.remove(step.state());
            } else {
                failure = Optional.of(XfrmSocket.refused("ip xfrm state of " + step.state(), reply));
            }
        }
        if (failure.isPresent()) {
            throw failure.orElseThrow();
        }
    }

    /** Tells which of this number the kernel lacks, and which it has beyond them. */
    String difference(int reqid, List<XfrmState> all) {
        Set<XfrmState> there = Set.copyOf(of(reqid, all));
        long lacking =
                held.keySet().stream().filter(state -> !there.contains(state)).count();
        long more = there.stream().filter(state -> !held.containsKey(state)).count();
        return lacking + more == 0
                ? ""
                : "the kernel lacks " + lacking + " keys and has " + more + " that are not the cluster's";
    }

    /** Returns those of one number. */
    static List<XfrmState> of(int reqid, List<XfrmState> all) {
        return all.stream().filter(state -> state.reqid() == reqid).toList();
    }

    /** Holds what the kernel has of this number, and nothing else: of what others put there the key is not known, so {@link #set} lets it go. */
    void adopt(int reqid, XfrmSocket socket) {
        List<XfrmState> there = of(reqid, socket.states());
        held.keySet().retainAll(Set.copyOf(there));
        there.forEach(state -> held.putIfAbsent(state, UNKNOWN));
    }
}
