package io.cnm4j.linux;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.spi.host.Deadline;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Runs each kernel test in its own namespace and compares the host before and after. */
final class KernelTestExtension
        implements ExecutionCondition, BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
    private static final Duration CLEAN_UP = Duration.ofSeconds(10);

    /** One test's thread and what the host was before it. */
    private record Before(NamespaceThread thread, HostSnapshot snapshot) {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Permission.missing()
                .filter(reason -> !Permission.isRealRoot())
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("may make namespaces, or must be able to"));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Permission.missing().ifPresent(reason -> {
            throw new AssertionError("this is root and yet: " + reason);
        });
        var thread = new NamespaceThread();
        store(context).put(Before.class, new Before(thread, snapshot(thread.namespace())));
    }

    /** Reads a namespace and what this JVM has made elsewhere; its tests keep their files in a directory of their own. */
    static HostSnapshot snapshot(String namespace) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return HostSnapshot.of(List.of(Path.of(namespace)), List.of(), temporary);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Before before = before(context);
        try {
            assertThat(HostSnapshot.awaitSame(before.snapshot(), Deadline.after(CLEAN_UP)))
                    .as("what the test left behind")
                    .isEmpty();
        } finally {
            before.thread().end();
        }
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> method, ReflectiveInvocationContext<Method> reflected, ExtensionContext context)
            throws Throwable {
        before(context).thread().run(method::proceed);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> reflected, ExtensionContext context)
            throws Throwable {
        before(context).thread().run(test::proceed);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> method, ReflectiveInvocationContext<Method> reflected, ExtensionContext context)
            throws Throwable {
        before(context).thread().run(method::proceed);
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(Namespace.create(KernelTestExtension.class, context.getUniqueId()));
    }

    private static Before before(ExtensionContext context) {
        return requireNonNull(store(context).get(Before.class, Before.class));
    }
}
