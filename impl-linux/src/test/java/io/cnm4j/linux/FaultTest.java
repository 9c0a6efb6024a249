package io.cnm4j.linux;

import io.cnm4j.linux.FaultTap.Moment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Every kernel and store call of every verb fails in turn, before it happens and after. */
class FaultTest {
    @TempDir
    Path directory;

    private final FaultTap tap = new FaultTap();

    @KernelTest
    void aFailureBeforeACallLeavesNothing() {
        eachVerbFailsEverywhere(Moment.BEFORE);
    }

    @KernelTest
    void aFailureAfterACallLeavesNothing() {
        eachVerbFailsEverywhere(Moment.AFTER);
    }

    private void eachVerbFailsEverywhere(Moment moment) {
        Verb.makeParent();
        try (var lab = new Lab(directory, tap)) {
            new FaultRun(lab, tap).eachCallFails(List.of(Verb.values()), moment);
        }
        Verb.removeParent();
    }
}
