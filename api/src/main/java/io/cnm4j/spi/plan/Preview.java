package io.cnm4j.spi.plan;

import java.util.List;

/**
 * What a verb would do.
 *
 * @param direction whether the plan would be made true or taken back
 * @param plan the plan
 */
public record Preview(Direction direction, Plan plan) {
    /** What would happen to the plan. */
    public enum Direction {
        /** It would be made true, first to last. */
        APPLY,
        /** It would be taken back, last to first. */
        REMOVE
    }

    /** Returns lines that an operator could type instead. */
    public List<String> render() {
        return direction == Direction.APPLY ? plan.render() : plan.renderRemoval();
    }
}
