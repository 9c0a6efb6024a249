package io.cnm4j.benchmarks.plan;

import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.plan.Claim;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to plan an attachment to a bridge, to claim its objects and to print it; the floor is the bare record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanBenchmark {
    private final NetworkDriver driver = Example.bridge();
    private final Plan plan = driver.planAttachment(Example.NETWORK, Example.ENDPOINT, Example.POINT)
            .link();

    /** The floor of {@link #plan}: the one operation of the plan, made directly. */
    @Benchmark
    public Plan bareRecord() {
        return Plan.of(new LinkOp.AddLink(NamespaceRef.HOST, Example.veth()));
    }

    /** From the record to the plan. */
    @Benchmark
    public Attachment plan() {
        return driver.planAttachment(Example.NETWORK, Example.ENDPOINT, Example.POINT);
    }

    /** From the plan to what it claims. */
    @Benchmark
    public Set<Claim> claims() {
        return plan.claims();
    }

    /** From the plan to the lines that an operator could type. */
    @Benchmark
    public List<String> render() {
        return plan.render();
    }
}
