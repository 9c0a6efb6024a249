package io.cnm4j.tck;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Runs a contract as JUnit would and tells which rules its subject breaks: for testing the contracts themselves. */
public final class BrokenRules {
    private BrokenRules() {}

    /**
     * Returns the ids of the rules with a test that fails, sorted: the first words of their display names.
     *
     * @param contract makes the contract with its subject, anew for each test
     */
    public static List<String> of(Supplier<?> contract) {
        var broken = new TreeSet<String>();
        for (Method test : annotated(contract.get().getClass(), Test.class)) {
            Object instance = contract.get();
            try {
                runAll(instance, BeforeEach.class);
                try {
                    run(instance, test);
                } finally {
                    runAll(instance, AfterEach.class);
                }
            } catch (TestAbortedException skipped) {
                // a rule that does not bind this subject
            } catch (Throwable failure) {
                String rule = test.getAnnotation(DisplayName.class).value();
                broken.add(rule.substring(0, rule.indexOf(' ')));
            }
        }
        return List.copyOf(broken);
    }

    private static void runAll(Object instance, Class<? extends Annotation> annotation) throws Throwable {
        for (Method method : annotated(instance.getClass(), annotation)) {
            run(instance, method);
        }
    }

    private static void run(Object instance, Method method) throws Throwable {
        try {
            method.setAccessible(true);
            method.invoke(instance);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static List<Method> annotated(Class<?> type, Class<? extends Annotation> annotation) {
        var methods = new ArrayList<Method>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            Collections.addAll(methods, at.getDeclaredMethods());
        }
        return methods.stream()
                .filter(method -> method.isAnnotationPresent(annotation))
                .toList();
    }
}
