package io.cnm4j.core;

import io.cnm4j.core.Placing.Place;
import io.cnm4j.core.Placing.Together;
import io.cnm4j.core.ledger.Draft;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.SandboxRecord;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.Sequel;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A sandbox gets its namespace, its first interfaces, its files and its record. What is not needed to begin with the namespace is worked out
 * while that is made. Used once, by one thread in the sandbox' turn.
 */
final class Opening {
    private final Engine engine;
    private final Placing placing;
    private final Owner owner;
    private final Plan beginning;
    private final Supplier<SandboxRecord> whole;
    private final List<Place> places;
    private final Set<Integer> avoid;
    private Optional<Begun> begun = Optional.empty();

    /** What there is besides the namespace. */
    private record Begun(SandboxRecord sandbox, Plan plan, Together guests, Draft draft, Runnable news) {}

    /**
     * @param asked the sandbox, perhaps without what only its files need
     * @param whole returns it with all
     * @param places of endpoints that come with it
     * @param avoid ports that another program has
     */
    Opening(
            Engine engine,
            Placing placing,
            SandboxRecord asked,
            Supplier<SandboxRecord> whole,
            List<Place> places,
            Set<Integer> avoid) {
        this.engine = engine;
        this.placing = placing;
        this.owner = Owner.of(asked);
        this.beginning = engine.compose.beginning(asked);
        this.whole = whole;
        this.places = places;
        this.avoid = avoid;
    }

    /** Makes all of it. If that fails all is as before. */
    SandboxRecord opened(Deadline deadline) {
        var shared = new HashSet<String>();
        places.forEach(
                place -> shared.addAll(Claims.sharedKeys(place.attachment().link())));
        try (Turns.Turn turn = engine.turns.exclusive(shared, deadline)) {
            engine.apply(owner, beginning, this::follow, deadline);
        } catch (RuntimeException | Error failure) {
            begun.ifPresent(all -> {
                engine.undo(owner, all.plan.without(beginning.ops()), failure);
                forget(all.guests);
            });
            throw failure;
        }
        Begun all = begun.orElseThrow();
        try {
            all.draft.commit();
        } catch (RuntimeException | Error failure) {
            all.guests.plans().forEach((endpoint, plan) -> engine.undo(Owner.of(endpoint), plan, failure));
            engine.undo(owner, all.plan, failure);
            forget(all.guests);
            throw failure;
        }
        all.news.run();
        return all.sandbox;
    }

    private void forget(Together guests) {
        guests.endpoints().forEach(endpoint -> engine.claims.release(Owner.of(endpoint)));
        guests.ports().undo();
    }

    /** The caller's part while the kernel is busy with the namespace. */
    private Sequel follow() {
        SandboxRecord sandbox = whole.get();
        Together guests = placing.together(sandbox, places, avoid);
        try {
            return with(sandbox, guests);
        } catch (RuntimeException | Error failure) {
            if (begun.isEmpty()) {
                guests.ports().undo();
            }
            throw failure;
        }
    }

    private Sequel with(SandboxRecord sandbox, Together guests) {
        List<EndpointRecord> endpoints = guests.endpoints();
        Plan plan = engine.compose.sandbox(sandbox, endpoints);
        Draft draft = engine.parts.ledger().draft(sandbox, endpoints);
        begun = Optional.of(new Begun(sandbox, plan, guests, draft, engine.book.opening(sandbox, endpoints)));
        engine.claims.take(owner, plan);
        var rest = new ArrayList<KernelOp>();
        guests.plans().forEach((endpoint, attachment) -> {
            engine.claims.take(Owner.of(endpoint), attachment);
            rest.addAll(engine.claims.alone(Owner.of(endpoint), attachment).ops());
        });
        draft.encode();
        return new Sequel(new Plan(rest), plan.without(beginning.ops()));
    }
}
