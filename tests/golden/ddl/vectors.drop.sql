DROP TABLE "documents";
