package io.cnm4j.linux;

import io.cnm4j.linux.FaultTap.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Steps, written down one after the other. */
final class Story {
    private final List<Step> steps = new ArrayList<>();

    /** What a step does if it fails, or is done twice. */
    private enum Kind {
        GIVEN,
        MAKES,
        REPLACES,
        REMOVES
    }

    private record Told(String name, Kind kind, Consumer<Lab> deed, List<Step> earlier) implements Step {
        @Override
        public void run(Lab lab) {
            deed.accept(lab);
        }

        @Override
        public void prepare(Lab lab) {
            earlier.forEach(step -> step.run(lab));
        }

        @Override
        public boolean isGiven() {
            return kind == Kind.GIVEN;
        }

        @Override
        public boolean makes() {
            return kind == Kind.MAKES;
        }

        @Override
        public boolean repeats() {
            return kind == Kind.REPLACES;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Story then(String name, Kind kind, Consumer<Lab> deed) {
        steps.add(new Told(name, kind, deed, List.copyOf(steps)));
        return this;
    }

    /** The user does something that neither fails nor dies here. */
    Story given(Consumer<Lab> deed) {
        return then("given", Kind.GIVEN, deed);
    }

    /** The user makes something: a failure leaves all as it was. */
    Story makes(String name, Consumer<Lab> deed) {
        return then(name, Kind.MAKES, deed);
    }

    /** The user puts something in the place of something else, as often as it takes. */
    Story replaces(String name, Consumer<Lab> deed) {
        return then(name, Kind.REPLACES, deed);
    }

    /** The user removes something or gives it back: what a failure has left is for the next try. */
    Story removes(String name, Consumer<Lab> deed) {
        return then(name, Kind.REMOVES, deed);
    }

    /** Tells a long one with each call failing before it happens; with {@code -Pfaults} as {@link #survives} does. */
    void survivesBriefly(Lab lab, FaultTap tap) {
        if (DeathRun.THOROUGH) {
            survives(lab, tap);
            return;
        }
        new FaultRun(lab, tap).eachCallFails(steps, Moment.BEFORE);
    }

    /** Tells it with each call failing, before it happens and after it; with {@code -Pfaults} as {@link #survives} does. */
    void survivesFailures(Lab lab, FaultTap tap) {
        survivesBriefly(lab, tap);
        if (!DeathRun.THOROUGH) {
            new FaultRun(lab, tap).eachCallFails(steps, Moment.AFTER);
        }
    }

    /** Tells it with each call failing, before it happens and after it, and with death after it; with {@code -Pfaults} with death before it, too. */
    void survives(Lab lab, FaultTap tap) {
        new FaultRun(lab, tap).eachCallFails(steps, Moment.BEFORE);
        new FaultRun(lab, tap).eachCallFails(steps, Moment.AFTER);
        new DeathRun(lab, tap).deathAtEachCall(steps, Moment.AFTER);
        if (DeathRun.THOROUGH) {
            new DeathRun(lab, tap).deathAtEachCall(steps, Moment.BEFORE);
        }
    }
}
