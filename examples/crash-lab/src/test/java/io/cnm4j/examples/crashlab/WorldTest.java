package io.cnm4j.examples.crashlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final World FULL =
            new World(Set.of("network n1", "sandbox c1", "endpoint n1/e1 c1", "endpoint n1/e2 -"));

    @Test
    void aSandboxTakesItsEndpointsAlong() {
        assertThat(FULL.after(Step.parse("DESTROY_SANDBOX n1 c1 e1")).facts())
                .containsExactlyInAnyOrder("network n1", "endpoint n1/e2 -");
    }

    @Test
    void whatWasNotAcknowledgedMayHaveHappenedOrNot() {
        List<Step> unsure = List.of(Step.parse("LEAVE n1 c1 e1"), Step.parse("DELETE_ENDPOINT n1 c1 e2"));
        assertThat(FULL.afterSomeOf(unsure))
                .hasSize(4)
                .contains(FULL, new World(Set.of("network n1", "sandbox c1", "endpoint n1/e1 -")));
    }

    @Test
    void anEndpointOfAPluginMayHaveLeftWhenSomebodyDiedMidway() {
        var world =
                new World(Set.of("network n1", "network n7", "sandbox c1", "endpoint n1/e1 c1", "endpoint n7/e2 c1"));
        assertThat(world.afterSomeOf(List.of(Step.parse("DESTROY_SANDBOX n2 c1 e4"))))
                .containsExactlyInAnyOrder(
                        world,
                        world.after(Step.parse("LEAVE n7 c1 e2")),
                        world.after(Step.parse("DESTROY_SANDBOX n2 c1 e4")));
        assertThat(world.afterSomeOf(List.of(Step.parse("DISCONNECT n1 c1 e1"))))
                .hasSize(2);
        assertThat(world.afterSomeOf(List.of(Step.parse("DISCONNECT n7 c1 e2"))))
                .hasSize(3);
    }

    @Test
    void stepsThatRunAtOnceConcernDifferentThings() {
        assertThat(Step.parse("CONNECT n1 c1 e1").isBeside(Step.parse("DELETE_NETWORK n1 c2 e2")))
                .isFalse();
        assertThat(Step.parse("CONNECT n1 c1 e1").isBeside(Step.parse("CONNECT n1 c2 e2")))
                .isTrue();
    }

    @Test
    void theSameSeedGivesTheSameSteps() {
        assertThat(FULL.steps(new Random(7), 3)).isEqualTo(FULL.steps(new Random(7), 3));
    }
}
