package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** A commit as one multi, from what was read. Not thread-safe. */
final class Multi {
    private final Map<String, Stat> stats;
    private final List<ACL> access;
    private final String prefix;
    private final long session;
    private final List<Op> ops = new ArrayList<>();
    private final Map<String, Integer> relied = new TreeMap<>(); // guards that must be as they were read
    private final TreeSet<String> made = new TreeSet<>(); // guards of keys that are made

    /**
     * @param stats of nodes and guards, by path; none for nodes that are not there
     * @param session which holds what is to be held
     */
    Multi(Map<String, Stat> stats, List<ACL> access, String prefix, long session) {
        this.stats = stats;
        this.access = access;
        this.prefix = prefix;
        this.session = session;
    }

    /** Returns the operations; the last writes the node that carries the revision. */
    List<Op> ops(List<Write> writes) {
        writes.forEach(this::add);
        var all = new ArrayList<Op>();
        relied.forEach((guard, version) -> all.add(Op.check(guard, version)));
        made.forEach(guard -> all.add(Op.setData(guard, new byte[0], -1)));
        all.addAll(ops);
        all.add(Op.setData(KeyPaths.REVISION, new byte[0], -1));
        return all;
    }

    private void add(Write write) {
        String key = prefix + write.key();
        String path = KeyPaths.of(key);
        Optional<Stat> there = Optional.ofNullable(stats.get(path));
        long found = there.map(Stat::getMzxid).orElse(Write.ABSENT);
        if (write.expected() != Write.ANY && write.expected() != found) {
            throw new StaleWriteException(write.key(), write.expected(), found);
        }
        int version =
                write.expected() == Write.ANY ? -1 : there.map(Stat::getVersion).orElse(-1);
        if (there.isPresent() && write.expected() != Write.ANY) {
            Stat guard = stats.get(KeyPaths.guard(key));
            relied.put(KeyPaths.guard(key), guard == null ? 0 : guard.getVersion());
        }
        if (write instanceof Write.Put put) {
            store(key, put.value(), there, version, 0);
        } else if (write instanceof Write.Hold hold) {
            store(key, hold.value(), there, version, session);
        } else if (there.isEmpty()) {
            absent(write, path);
        } else if (write instanceof Write.Delete) {
            ops.add(Op.delete(path, version));
        } else {
            ops.add(Op.check(path, version));
        }
    }

    private void store(String key, byte[] value, Optional<Stat> there, int version, long owner) {
        String path = KeyPaths.of(key);
        if (there.isPresent() && there.orElseThrow().getEphemeralOwner() == owner) {
            ops.add(Op.setData(path, value, version));
            return;
        }
        if (there.isPresent()) {
            ops.add(Op.delete(path, version));
        }
        ops.add(Op.create(path, value, access, owner == 0 ? CreateMode.PERSISTENT : CreateMode.EPHEMERAL));
        made.add(KeyPaths.guard(key));
    }

    /** There is no check that a node is absent: it is made and removed. */
    private void absent(Write write, String path) {
        if (write.expected() == Write.ABSENT) {
            ops.add(Op.create(path, new byte[0], access, CreateMode.PERSISTENT));
            ops.add(Op.delete(path, -1));
        }
    }
}
