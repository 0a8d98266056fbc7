import { detailedDifference } from "../../provider/detailed-difference";

test("a deep field is shown as deep as it goes, and every other one by its name", () => {
  const old = { size: 1, plan: { web: { replicas: 1, labels: { "com.x": "a" }, ports: ["80"] }, old: {} } };
  const now = { plan: { web: { replicas: 2, labels: { 'a"b': "c" }, ports: ["81"] }, new: { image: "x" } } };
  expect(detailedDifference(["plan", "size"], "plan", old, now)).toEqual([
    { path: "plan.web.replicas", kind: "update" },
    { path: 'plan.web.labels["com.x"]', kind: "delete" },
    { path: 'plan.web.labels["a\\"b"]', kind: "add" },
    { path: "plan.web.ports", kind: "update" },
    { path: "plan.old", kind: "delete" },
    { path: "plan.new", kind: "add" },
    { path: "size", kind: "delete" },
  ]);
});

test("of files that were merged nowhere their names are shown, and no text", () => {
  const files = (text: string) => ({
    files: [
      { name: "a.yml", content: "a" },
      { name: "b.yml", content: text },
    ],
  });
  expect(detailedDifference(["files"], "plan", files("old"), files("new"))).toEqual([
    { path: "files[1].name", kind: "update" },
  ]);
});
