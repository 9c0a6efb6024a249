package io.cnm4j.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds every one of these bugs, each planted between the core and its parts. */
class PlantedBugTest {
    private static final int SEEDS = 200;

    /** Makes a sabotage for one world. */
    private interface Plant {
        Sabotage grow();
    }

    /** What is wrong, and with what in place it is so. */
    enum Bug {
        NO_ROLLBACK(PlantedKernelBugs::noRollback),
        UNDO_IN_WRONG_ORDER(PlantedKernelBugs::wrongOrder),
        NO_GATEWAY_TAKE_OVER(PlantedKernelBugs::noTakeOver),
        RESTART_REBUILDS(PlantedKernelBugs::rebuild),
        REFUSAL_SWALLOWED(PlantedKernelBugs::swallowedRefusal),
        FOREIGN_LINK_TAKEN(PlantedKernelBugs::foreignTaken),
        NO_SWEEP_AT_OPEN(PlantedKernelBugs::noSweepAtOpen),
        CLAIMED_TOO_LATE(PlantedKernelBugs::claimedTooLate),
        CLAIMS_KEPT(PlantedKernelBugs::claimsKept),
        MTU_NOT_CHANGED(PlantedKernelBugs::mtuForgotten),
        UPDATE_NOT_TAKEN_BACK(PlantedRecordBugs::updateKept),
        ADDRESS_NOT_RELEASED(PlantedRecordBugs::lostRelease),
        SUBNET_NOT_RELEASED(PlantedRecordBugs::lostPool),
        LEASES_NOT_RESTORED(PlantedRecordBugs::noRestore),
        SAME_ADDRESS_TWICE(PlantedRecordBugs::sameAddressTwice),
        WRITE_LOST(PlantedRecordBugs::lostWrite),
        HALF_A_COMMIT(PlantedRecordBugs::halfCommit),
        OUTCOME_NOT_ASKED_FOR(PlantedRecordBugs::outcomeUnasked),
        DOUBT_FORGOTTEN(PlantedRecordBugs::doubtForgotten),
        COMMIT_BEFORE_APPLY(PlantedRecordBugs::commitBeforeApply),
        NAME_KEPT(PlantedRecordBugs::nameKept),
        PLANS_THAT_CHANGE(PlantedRecordBugs::moodyDriver);

        @SuppressWarnings("ImmutableEnumChecker") // only method references
        private final Plant plant;

        Bug(Plant plant) {
            this.plant = plant;
        }
    }

    @ParameterizedTest
    @EnumSource
    void isFound(Bug bug) {
        assertThat(seedThatFinds(bug)).as("the seed that finds %s", bug).isBetween(1L, (long) SEEDS);
    }

    private static long seedThatFinds(Bug bug) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new Simulation(seed, bug.plant.grow()).run();
            } catch (RuntimeException | Error found) {
                return seed;
            }
        }
        return 0;
    }

    @BeforeAll
    static void beQuiet() {
        SimulationTest.beQuiet();
    }

    @AfterAll
    static void beAsBefore() {
        SimulationTest.beAsBefore();
    }
}
