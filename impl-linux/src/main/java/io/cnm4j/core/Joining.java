package io.cnm4j.core;

import io.cnm4j.api.error.PortInUseException;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.core.Placing.Place;
import io.cnm4j.core.Placing.Placed;
import io.cnm4j.core.ledger.Draft;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An endpoint gets its interface in a sandbox, with all that hangs on it. The caller waits for the kernel only once: what is not needed to
 * begin with the interface is worked out while that is made.
 */
final class Joining {
    private static final int PORT_TRIES = 10;

    private final Engine engine;
    private final Placing placing;

    Joining(Engine engine, Placing placing) {
        this.engine = engine;
        this.placing = placing;
    }

    /** Makes the interface, lets it take over as gateway where that is its part, and records both. If that fails all is as before. */
    EndpointRecord joined(Effects.Ready ready, SandboxRecord sandbox, Deadline deadline) {
        Place place = placing.place(ready.endpoint(), ready.network(), sandbox);
        return avoiding(ready.endpoint().publish(), avoid -> new Attempt(place, avoid, deadline).make());
    }

    /**
     * Makes attempts until other programs have none of the ports, where any of several will do. BP-05
     *
     * @param wishes which ports are asked for
     * @param attempt one of them; gets the ports that another program has
     */
    static <T> T avoiding(List<PublishedPort> wishes, Function<Set<Integer>, T> attempt) {
        var avoid = new HashSet<Integer>();
        while (true) {
            try {
                return attempt.apply(avoid);
            } catch (PortInUseException taken) {
                boolean again = avoid.size() < PORT_TRIES && avoid.add(taken.port());
                if (!again || !Publishing.hasChoice(wishes)) {
                    throw taken;
                }
            }
        }
    }

    /** One try at a place. Used once, by one thread. */
    private final class Attempt {
        private final Place place;
        private final Set<Integer> avoid;
        private final Deadline deadline;
        private final Plan beginning;
        private final List<Runnable> news = new ArrayList<>();
        private Optional<Begun> begun = Optional.empty();

        /**
         * @param place where
         * @param avoid ports that another program has
         */
        private Attempt(Place place, Set<Integer> avoid, Deadline deadline) {
            this.place = place;
            this.avoid = avoid;
            this.deadline = deadline;
            this.beginning = engine.compose.beginning(place.sandbox(), place.attachment());
        }

        /** What there is besides the interface. */
        private record Begun(Placed placed, Follow.Step names, Draft draft) {
            void back(Throwable failure) {
                names.back(failure);
                placed.ports().undo();
            }
        }

        private EndpointRecord make() {
            engine.effects.moving(place.endpoint(), beginning);
            try {
                engine.apply(Owner.of(place.endpoint()), beginning, this::follow, deadline);
                moveIn(begun.orElseThrow());
            } catch (RuntimeException | Error failure) {
                begun.ifPresent(all -> all.back(failure));
                throw failure;
            }
            Placed placed = begun.orElseThrow().placed;
            news.forEach(Runnable::run);
            engine.claimAnew(placed.yielding(), place.sandbox());
            placed.ports().settle();
            return placed.endpoint();
        }

        /** The caller's part while the kernel is busy with the interface. */
        private Sequel follow() {
            Placed placed = placing.placed(place, avoid);
            List<EndpointRecord> there = placed.ports().records();
            Follow.Step names = engine.follow.step(place.sandbox(), there);
            Draft draft = engine.parts.ledger().draft(placed.changed(), List.of());
            begun = Optional.of(new Begun(placed, names, draft)); // from here on there is something to take back
            engine.effects.moving(placed.endpoint(), placed.plan());
            engine.claims.take(Owner.of(placed.endpoint()), placed.plan());
            Plan follows = names.begin();
            draft.encode();
            news.add(engine.book.joining(placed.endpoint(), place.sandbox(), there));
            return new Sequel(placed.rest(beginning), follows);
        }

        /** Lets an endpoint whose interface is there take over what others yield; takes the interface back if that fails. */
        private void moveIn(Begun all) {
            Placed placed = all.placed;
            try {
                engine.effects
                        .serving()
                        .change(
                                engine.parts
                                        .ledger()
                                        .endpointsIn(place.sandbox().id()),
                                placed.ports().records(),
                                deadline);
                placed.move().make(engine.parts.executor(), deadline);
                all.names.end(all.draft::commit, deadline);
            } catch (RuntimeException | Error failure) {
                engine.undo(Owner.of(placed.endpoint()), placed.plan(), placed.move(), failure);
                throw failure;
            }
        }
    }
}
