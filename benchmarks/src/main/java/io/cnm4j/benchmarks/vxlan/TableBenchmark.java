package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.vxlan.Forwarding;
import io.cnm4j.linux.vxlan.ForwardingTable;
import io.cnm4j.linux.vxlan.Vtep;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find where a frame goes; the plain way is a concurrent map. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TableBenchmark {
    private static final long FIRST = 0x0200_0000_0000L;

    /** MACs in the table. */
    @Param({"16", "10000"})
    public int entries;

    private final ForwardingTable table = new ForwardingTable();
    private final ConcurrentHashMap<Long, Vtep> map = new ConcurrentHashMap<>();
    private int next;

    /** Fills both. */
    @Setup(Level.Trial)
    public void fill() {
        table.change(change -> {
            for (int i = 0; i < entries; i++) {
                var mac = new MacAddress(FIRST + i);
                Vtep vtep = Vtep.at(IpAddress.ipv4(0xc000_0200 + i % 250 + 1));
                change.put(mac, vtep).neighbour(IpAddress.ipv4(0x0a00_0000 + i), mac);
                map.put(mac.bits(), vtep);
            }
        });
    }

    private int turn() {
        next = next + 1 == entries ? 0 : next + 1;
        return next;
    }

    /** MAC to endpoint. */
    @Benchmark
    public @Nullable Vtep mac() {
        return table.now().vtep(FIRST + turn());
    }

    /** Address to MAC. */
    @Benchmark
    public long address() {
        return table.now().mac(0, Forwarding.mapped(0x0a00_0000 + turn()));
    }

    /** The plain way. */
    @Benchmark
    public @Nullable Vtep plain() {
        return map.get(FIRST + turn());
    }
}
