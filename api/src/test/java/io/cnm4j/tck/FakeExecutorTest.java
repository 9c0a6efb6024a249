package io.cnm4j.tck;

class FakeExecutorTest extends PlanExecutorContract {
    @Override
    protected ExecutorSubject newSubject() {
        var host = new FakeHost();
        return FakeSubject.of(host, new FakeExecutor(host));
    }
}
