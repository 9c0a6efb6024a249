package io.cnm4j.linux;

import io.cnm4j.linux.FaultTap.Moment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The process dies at every kernel and store call of every verb in turn, before it happens and after. */
class DeathTest {
    @TempDir
    Path directory;

    private final FaultTap tap = new FaultTap();

    @KernelTest
    void deathBeforeACallLeavesAllOrNothing() {
        eachVerbDiesEverywhere(Moment.BEFORE);
    }

    @KernelTest
    void deathAfterACallLeavesAllOrNothing() {
        eachVerbDiesEverywhere(Moment.AFTER);
    }

    private void eachVerbDiesEverywhere(Moment moment) {
        Verb.makeParent();
        try (var lab = new Lab(directory, tap)) {
            new DeathRun(lab, tap).deathAtEachCall(List.of(Verb.values()), moment);
        }
        Verb.removeParent();
    }
}
