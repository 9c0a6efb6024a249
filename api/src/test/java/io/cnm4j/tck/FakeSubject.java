package io.cnm4j.tck;

import io.cnm4j.spi.host.PlanExecutor;
import java.util.List;
import java.util.function.Supplier;

/** A fake host, with an executor that may be wrong. */
record FakeSubject(FakeHost host, FakeExecutor fake, PlanExecutor executor) implements ExecutorSubject {
    static FakeSubject of(FakeHost host, FakeExecutor executor) {
        return new FakeSubject(host, executor, executor);
    }

    @Override
    public String directory() {
        return "/run/fake";
    }

    @Override
    public Supplier<List<String>> remember() {
        String before = host.dump();
        return () -> host.differencesSince(before);
    }

    @Override
    public void makeForeignBridge(String name) {
        host.withForeignLink(name, "bridge");
    }

    @Override
    public void removeLink(String name) {
        host.removeLink(name);
    }

    @Override
    public void tap(WriteTap tap) {
        fake.tap(tap);
    }

    @Override
    public void close() {
        executor.close();
    }
}
