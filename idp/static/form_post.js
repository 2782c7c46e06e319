/* Sends the answer on to the application (OAuth 2.0 Form Post Response Mode, section 2). */

document.getElementById("form-post").submit();
