package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.Network;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.linux.FaultTap.Moment;
import io.cnm4j.spi.host.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies at every kernel and store call of every verb in turn, before it happens and after. With {@code -Pfaults} the one that
 * comes back dies at every call of its open, too.
 */
class DeathTest {
    private static final boolean AGAIN = Boolean.getBoolean("cnm4j.faults");

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
            clear(lab);
            await().until(() -> !TestNetns.runIn(TestNetns.here(), "ip", "link").contains("leaving"));
            HostSnapshot empty = snapshot();
            for (Verb verb : Verb.values()) {
                int number = 0;
                while (dies(lab, verb, number, moment)) {
                    clear(lab);
                    assertThat(differences(empty))
                            .as("left over after death %s call %s of %s", moment, number, verb)
                            .isEmpty();
                    number++;
                }
                assertThat(number).as("deaths in " + verb).isPositive();
                lab.clear();
            }
        }
        Verb.removeParent();
    }

    /** Removes all; what a controller starts with its first endpoint is there afterwards: workers, loops, standing directories. */
    private static void clear(Lab lab) {
        lab.clear();
        lab.warm();
    }

    /** Lets the process die in a verb and come back; false if the verb has no such call. */
    private boolean dies(Lab lab, Verb verb, int number, Moment moment) {
        verb.prepare(lab);
        List<String> before = records(lab);
        tap.armDeath(number, moment);
        try {
            verb.run(lab);
        } catch (CnmException death) {
            assertThat(tap.isArmed()).as("%s failed by itself: %s", verb, death).isFalse();
        }
        boolean died = !tap.isArmed();
        if (died) {
            String last = verb + " died " + moment + " call " + number + " of " + tap.calls;
            comeBack(lab);
            List<String> found = records(lab);
            assertThat(lab.controller().check()).as(last).isEmpty();
            if (!found.equals(before)) {
                again(lab, verb, last);
            } else {
                verb.run(lab);
            }
        }
        tap.disarm();
        return died;
    }

    /** What is not as before the verb must be as after it: then the verb cannot be done again. */
    private static void again(Lab lab, Verb verb, String last) {
        List<String> found = records(lab);
        try {
            verb.run(lab);
        } catch (CnmException done) {
            assertThat(records(lab)).as(last).isEqualTo(found);
            return;
        }
        throw new AssertionError(last + ": neither as before it nor as after it: " + found);
    }

    private void comeBack(Lab lab) {
        lab.die();
        tap.disarm();
        for (int number = 0; AGAIN && diesAtOpen(lab, number); number++) {
            lab.die();
        }
        tap.disarm();
        lab.revive();
    }

    private boolean diesAtOpen(Lab lab, int number) {
        tap.armDeath(number, number % 2 == 0 ? Moment.BEFORE : Moment.AFTER);
        try {
            lab.revive();
            lab.die();
            return false;
        } catch (CnmException death) {
            assertThat(tap.isArmed()).as("open failed by itself: " + death).isFalse();
            return true;
        } finally {
            tap.disarm();
        }
    }

    private static List<String> records(Lab lab) {
        var records = new ArrayList<String>();
        for (Network network : lab.controller().networks()) {
            records.add(network.inspect().toString());
            network.endpoints()
                    .forEach(endpoint -> records.add(endpoint.inspect().toString()));
        }
        lab.controller()
                .sandboxes()
                .forEach(sandbox -> records.add(sandbox.inspect().toString()));
        return records;
    }

    private HostSnapshot snapshot() {
        return HostSnapshot.of(List.of(Path.of(TestNetns.here().path())), List.of(directory.resolve("run")), directory);
    }

    private static List<String> differences(HostSnapshot before) {
        return HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(5)));
    }
}
