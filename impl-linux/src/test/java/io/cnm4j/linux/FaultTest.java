package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.spi.host.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Every kernel and store call of every verb fails in turn, before it happens and after. */
class FaultTest {
    @TempDir
    Path directory;

    private final FaultTap tap = new FaultTap();

    @KernelTest
    void aFailureBeforeACallLeavesNothing() {
        eachVerbFailsEverywhere(FaultTap.Moment.BEFORE);
    }

    @KernelTest
    void aFailureAfterACallLeavesNothing() {
        eachVerbFailsEverywhere(FaultTap.Moment.AFTER);
    }

    private void eachVerbFailsEverywhere(FaultTap.Moment moment) {
        Verb.makeParent();
        try (var lab = new Lab(directory, tap)) {
            lab.warm();
            await().until(() -> !TestNetns.runIn(TestNetns.here(), "ip", "link").contains("leaving"));
            for (Verb verb : Verb.values()) {
                HostSnapshot before = snapshot();
                List<String> records = records(lab);
                int number = 0;
                boolean made = succeeds(lab, verb, number, moment);
                while (!made || number < tap.calls.size() - 1) {
                    if (made) { // what was written is asked for again: from the beginning for the calls after it
                        lab.clear();
                        verb.prepare(lab);
                        before = snapshot();
                        records = records(lab);
                    } else if (verb.makes()) {
                        assertThat(differences(before))
                                .as("%s failed %s call %s: %s", verb, moment, number, tap.calls)
                                .isEmpty();
                        assertThat(records(lab))
                                .as("records after %s failed", verb)
                                .isEqualTo(records);
                    }
                    number++;
                    made = succeeds(lab, verb, number, moment);
                }
                assertThat(number).as("failures of " + verb).isGreaterThanOrEqualTo(tap.calls.size() - 1);
                assertThat(tap.calls).as("calls of " + verb).isNotEmpty();
            }
        }
        Verb.removeParent();
    }

    /** Runs the verb with its n-th call failing. */
    private boolean succeeds(Lab lab, Verb verb, int number, FaultTap.Moment moment) {
        tap.arm(number, moment);
        try {
            verb.run(lab);
            return true;
        } catch (CnmException failure) {
            assertThat(tap.isArmed())
                    .as("%s failed by itself: %s", verb, failure)
                    .isFalse();
            return false;
        } finally {
            tap.disarm();
        }
    }

    private static List<String> records(Lab lab) {
        return List.of(
                lab.controller().networks().stream()
                        .map(Network::inspect)
                        .toList()
                        .toString(),
                lab.controller().sandboxes().toString(),
                lab.controller().networks().stream()
                        .flatMap(network -> network.endpoints().stream())
                        .map(Endpoint::name)
                        .toList()
                        .toString());
    }

    private HostSnapshot snapshot() {
        return HostSnapshot.of(List.of(Path.of(TestNetns.here().path())), List.of(directory.resolve("run")), directory);
    }

    private static List<String> differences(HostSnapshot before) {
        return HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(5)));
    }
}
