import { join } from "node:path";
import express from "express";
import { addCard, moveCard, readBoard, removeCard } from "./board.js";
import { openDatabase } from "./database.js";

const port = Number(process.env.PORT ?? 3000);
const database = openDatabase();
const app = express();

app.use(express.json());
app.use(express.static(join(import.meta.dirname, "..", "public")));

app.get("/api/board", (_request, response) => {
  database.prepare("INSERT INTO visits VALUES (datetime('now'))").run();
  const { visits } = database.prepare("SELECT count(*) AS visits FROM visits").get();
  response.json({ columns: readBoard(database), visits });
});

app.post("/api/cards", (request, response) => {
  const title = String(request.body?.title ?? "").trim();
  if (!title) return response.status(400).json({ error: "A card needs a title." });
  addCard(database, { title, label: "idea" });
  response.status(201).end();
});

app.patch("/api/cards/:id", (request, response) => {
  const moved = moveCard(database, Number(request.params.id), String(request.body?.status));
  response.status(moved ? 204 : 404).end();
});

app.delete("/api/cards/:id", (request, response) => {
  response.status(removeCard(database, Number(request.params.id)) ? 204 : 404).end();
});

const server = app.listen(port, "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`Pinboard: http://127.0.0.1:${server.address().port}`);
});
